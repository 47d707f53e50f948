using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Wire;

namespace Tactus.Engine.Protocols.VmDposw.Consensus;

/// <summary>Bytes of a state, for checkpoints.</summary>
internal static class ClusterStateCodec
{
    private const int DelegateBytes = 4 + 1 + SignKey.Size + 32 + 4 + 32;

    /// <summary>Changes that one round's blocks can leave pending.</summary>
    private const int PendingMax = 1 << 20;

    public static void Write(ByteWriter writer, ClusterState state)
    {
        writer.WriteUInt32(state.Number);
        writer.WriteHash256(state.Id);
        writer.WriteInt64(state.Slot);
        writer.WriteVarUInt32((uint)state.Cluster.Count);
        foreach (ClusterDelegate vm in state.Cluster)
        {
            writer.WriteUInt32(vm.Machine);
            writer.WriteByte((byte)vm.Category);
            writer.WriteSpan(vm.Key.Bytes);
            writer.WriteHash256(vm.LastKey);
            writer.WriteUInt32(vm.KeyIndex);
            writer.WriteHash256(vm.Last);
        }

        VmBlockHeader.WriteChanges(writer, state.Pending);
        writer.WriteUInt32(state.Setup.Round);
        writer.WriteVarUInt32((uint)state.Setup.Order.Count);
        foreach (uint machine in state.Setup.Order)
        {
            writer.WriteUInt32(machine);
        }

        writer.WriteHash256(state.Setup.PreviousSum);
        writer.WriteInt64(state.Setup.Right);
        writer.WriteUInt64(state.FilledMask);
        writer.WriteInt64(state.FilledRight);
        writer.WriteUInt64(state.FilledWindows);
        writer.WriteUInt64(state.Work);
        writer.WriteHash256(state.FinalSignature);
        writer.WriteUInt32(state.BeforeRound);
        writer.WriteUInt32(state.PreviousRound);
        writer.WriteUInt32(state.ConfirmedRound);
        writer.WriteUInt32(state.Confirmed);
        writer.WriteUInt32(state.Finalized);
    }

    public static ClusterState Read(ref ByteReader reader) => new()
    {
        Number = reader.ReadUInt32(),
        Id = reader.ReadHash256(),
        Slot = reader.ReadInt64(),
        Cluster = ReadCluster(ref reader),
        Pending = VmBlockHeader.ReadChanges(ref reader, PendingMax),
        Setup = ReadSetup(ref reader),
        FilledMask = reader.ReadUInt64(),
        FilledRight = reader.ReadInt64(),
        FilledWindows = reader.ReadUInt64(),
        Work = reader.ReadUInt64(),
        FinalSignature = reader.ReadHash256(),
        BeforeRound = reader.ReadUInt32(),
        PreviousRound = reader.ReadUInt32(),
        ConfirmedRound = reader.ReadUInt32(),
        Confirmed = reader.ReadUInt32(),
        Finalized = reader.ReadUInt32(),
    };

    private static ClusterDelegate[] ReadCluster(ref ByteReader reader)
    {
        var cluster = new ClusterDelegate[reader.ReadCount(VmDposwParameters.DelegatesMax, DelegateBytes, "delegates")];
        for (int i = 0; i < cluster.Length; i++)
        {
            uint machine = reader.ReadUInt32();
            VmCategory category = VmBlockHeader.ReadCategory(ref reader);
            SignKey key = VmBlockHeader.ReadKey(ref reader);
            Hash256 lastKey = reader.ReadHash256();
            uint keyIndex = reader.ReadUInt32();
            cluster[i] = new ClusterDelegate(machine, category, key, lastKey, keyIndex, reader.ReadHash256());
        }

        return cluster;
    }

    private static RoundSetup ReadSetup(ref ByteReader reader)
    {
        uint round = reader.ReadUInt32();
        uint[] order = new uint[reader.ReadCount(VmDposwParameters.DelegatesMax, sizeof(uint), "serving order")];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = reader.ReadUInt32();
        }

        Hash256 sum = reader.ReadHash256();
        return new RoundSetup(round, order, sum, reader.ReadInt64());
    }
}
