using System.Runtime.InteropServices;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>An account that staked or is a proxy: its stake, its vote, and what it weighed when last counted. One
/// blob.</summary>
public sealed class Voter
{
    private Head _head;

    private Voter(ulong owner)
    {
        Owner = owner;
    }

    public ulong Owner { get; }

    /// <summary>Stake that counts for voting, in smallest units of the core token.</summary>
    public long Staked { get => _head.Staked; set => _head.Staked = value; }

    /// <summary>Stake at the last vote (Telos).</summary>
    public long LastStake { get => _head.LastStake; set => _head.LastStake = value; }

    public double LastVoteWeight { get => _head.LastVoteWeight; set => _head.LastVoteWeight = value; }

    /// <summary>Weight that others gave to this proxy.</summary>
    public double ProxiedVoteWeight { get => _head.ProxiedVoteWeight; set => _head.ProxiedVoteWeight = value; }

    /// <summary>The proxy that votes for this account, 0 for none.</summary>
    public ulong Proxy { get => _head.Proxy; set => _head.Proxy = value; }

    public bool IsProxy { get => _head.IsProxy != 0; set => _head.IsProxy = value ? 1u : 0u; }

    /// <summary>Producers voted for, ascending.</summary>
    public ulong[] Producers { get; set; } = [];

    /// <summary>The voter, or null where the account never staked nor registered as a proxy.</summary>
    public static Voter? Find(IStateView view, ulong owner)
    {
        if (!view.TryGetBlob(StateKey.Of(StateTables.Voter, owner), out ReadOnlySpan<byte> bytes))
        {
            return null;
        }

        int headBytes = Marshal.SizeOf<Head>();
        return new Voter(owner)
        {
            _head = MemoryMarshal.Read<Head>(bytes),
            Producers = MemoryMarshal.Cast<byte, ulong>(bytes[headBytes..]).ToArray(),
        };
    }

    public static Voter FindOrNew(IStateView view, ulong owner) => Find(view, owner) ?? new Voter(owner);

    public void Save(IStateView view)
    {
        int headBytes = Marshal.SizeOf<Head>();
        Span<byte> bytes = new byte[headBytes + (Producers.Length * sizeof(ulong))];
        MemoryMarshal.Write(bytes, in _head);
        MemoryMarshal.AsBytes<ulong>(Producers).CopyTo(bytes[headBytes..]);
        view.PutBlob(StateKey.Of(StateTables.Voter, Owner), bytes);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Head
    {
        public long Staked;
        public long LastStake;
        public double LastVoteWeight;
        public double ProxiedVoteWeight;
        public ulong Proxy;
        public uint IsProxy;
        private readonly uint _padding;
    }
}
