using System.Globalization;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>The lines of nodeos' deep-mind logs that these tests read.</summary>
internal static class DeepMindLog
{
    /// <summary>A dumped state: what was read, and the bytes it was read from.</summary>
    public sealed record Dumped(HeaderState State, byte[] Packed);

    /// <summary>ACCEPTED_BLOCK lines: block_state, which begins with the header state.</summary>
    public static List<Dumped> States(string file)
    {
        var states = new List<Dumped>();
        foreach (string line in Lines(file, "ACCEPTED_BLOCK "))
        {
            byte[] bytes = Convert.FromHexString(line[(line.LastIndexOf(' ') + 1)..]);
            var reader = new ByteReader(bytes);
            HeaderState state = HeaderState.Read(ref reader);
            Assert.True(!reader.Failed, $"{reader.FailReason} at {reader.FailOffset}");
            states.Add(new Dumped(state, bytes[..reader.Position]));
        }

        return states;
    }

    /// <summary>APPLIED_TRANSACTION lines: block number and packed transaction trace.</summary>
    public static IEnumerable<(uint Number, byte[] Trace)> Traces(string file)
    {
        foreach (string line in Lines(file, "APPLIED_TRANSACTION "))
        {
            string[] words = line.Split(' ');
            yield return (uint.Parse(words[2], CultureInfo.InvariantCulture), Convert.FromHexString(words[^1]));
        }
    }

    /// <summary>FEATURE_OP lines: the JSON after the digest.</summary>
    public static IEnumerable<string> Features(string file)
    {
        foreach (string line in Lines(file, "FEATURE_OP "))
        {
            yield return line[line.IndexOf('{', StringComparison.Ordinal)..];
        }
    }

    /// <summary>The action receipts of a packed transaction trace with the digests of their actions in both forms
    /// (leap v5.0.3 trace.hpp). A trace of a failed transaction has none.</summary>
    public static List<(ActionReceipt Receipt, Hash256 Plain, Hash256 WithReturnValue)> Receipts(byte[] trace)
    {
        var found = new List<(ActionReceipt, Hash256, Hash256)>();
        var reader = new ByteReader(trace);
        reader.Skip(32 + 4 + 4);
        SkipOptional(ref reader, 32);
        if (reader.ReadBool())
        {
            reader.Skip(1 + 4);
            reader.ReadVarUInt32();
        }

        reader.Skip(8 + 8 + 1);
        uint count = reader.ReadVarUInt32();
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            reader.ReadVarUInt32();
            reader.ReadVarUInt32();
            reader.ReadVarUInt32();
            ActionReceipt? receipt = reader.ReadBool() ? ActionReceipt.Read(ref reader) : null;
            reader.Skip(8);
            ChainAction action = ChainAction.Read(ref reader);
            reader.Skip(1 + 8);
            reader.ReadBytes(1 << 20, "console");
            reader.Skip(32 + 4 + 4);
            SkipOptional(ref reader, 32);
            uint deltas = reader.ReadVarUInt32();
            reader.Skip((int)deltas * 16);
            if (reader.ReadBool())
            {
                return [];
            }

            SkipOptional(ref reader, 8);
            byte[] returned = reader.ReadBytes(1 << 20, "return value").ToArray();
            if (receipt is not null)
            {
                found.Add((receipt, action.ActDigest(), action.ActDigest(returned)));
            }
        }

        Assert.True(!reader.Failed, $"{reader.FailReason} at {reader.FailOffset}");
        return found;
    }

    private static void SkipOptional(ref ByteReader reader, int bytes)
    {
        if (reader.ReadBool())
        {
            reader.Skip(bytes);
        }
    }

    private static IEnumerable<string> Lines(string file, string kind) =>
        File.ReadLines(TestData.PathOf("antelope", "deepmind", file))
            .Where(line => line.StartsWith("DMLOG " + kind, StringComparison.Ordinal));
}
