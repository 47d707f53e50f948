using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Protocols.Graphene.Ledger;

/// <summary>Whether keys and approvals satisfy authorities. [C] sign_state: keys first, in order, until the threshold;
/// then accounts, at most two levels deep; a signature that nothing needed makes a transaction invalid.</summary>
internal sealed class AuthorityCheck
{
    private readonly List<SigningKey> _keys = [];
    private readonly List<bool> _used = [];
    private readonly HashSet<uint> _approved = [];
    private LedgerView? _ledger;
    private int _depthMax;

    /// <summary>Whether every key was needed.</summary>
    public bool AllUsed => !_used.Contains(false);

    public void Start(LedgerView ledger, int depthMax)
    {
        _ledger = ledger;
        _depthMax = depthMax;
        _keys.Clear();
        _used.Clear();
        _approved.Clear();
    }

    public void AddKey(in SigningKey key)
    {
        _keys.Add(key);
        _used.Add(false);
    }

    public void Approve(uint account) => _approved.Add(account);

    public bool HasKey(in SigningKey key)
    {
        int i = _keys.IndexOf(key);
        if (i >= 0)
        {
            _used[i] = true;
        }

        return i >= 0;
    }

    /// <summary>[C] The active authority, or else the owner's, which stands above it.</summary>
    public bool Active(uint account) =>
        _approved.Contains(account) || Satisfied(account, owner: false, depth: 0)
            || Satisfied(account, owner: true, depth: 0);

    public bool Owner(uint account) => _approved.Contains(account) || Satisfied(account, owner: true, depth: 0);

    private bool Satisfied(uint account, bool owner, int depth)
    {
        if (!_ledger!.TryGetAuthority(account, owner, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        // Keys are weighed first; the accounts stand before them in the bytes.
        var reader = new ByteReader(bytes);
        uint threshold = reader.ReadUInt32();
        int accounts = reader.ReadCount(WireLimits.AuthorityMembersMax, 3, "accounts");
        for (int i = 0; i < accounts; i++)
        {
            reader.ReadVarUInt32();
            reader.ReadUInt16();
        }

        long total = 0;
        int keys = reader.ReadCount(WireLimits.AuthorityMembersMax, SigningKey.Size + 2, "keys");
        for (int i = 0; i < keys; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadSpan(SigningKey.Size);
            ushort weight = reader.ReadUInt16();
            if (Uses(key))
            {
                total += weight;
                if (total >= threshold)
                {
                    return true;
                }
            }
        }

        for (int i = 0; i < accounts; i++)
        {
            (uint member, ushort weight) = MemberAt(account, owner, i);
            if (!_approved.Contains(member))
            {
                if (depth == _depthMax || !Satisfied(member, owner: false, depth + 1))
                {
                    continue;
                }

                _approved.Add(member);
            }

            total += weight;
            if (total >= threshold)
            {
                return true;
            }
        }

        return total >= threshold;
    }

    // Read again for each member: looking at the members themselves may move the bytes.
    private (uint Account, ushort Weight) MemberAt(uint account, bool owner, int index)
    {
        _ledger!.TryGetAuthority(account, owner, out ReadOnlySpan<byte> bytes);
        var reader = new ByteReader(bytes);
        reader.ReadUInt32();
        reader.ReadVarUInt32();
        for (int i = 0; i < index; i++)
        {
            reader.ReadVarUInt32();
            reader.ReadUInt16();
        }

        return (reader.ReadVarUInt32(), reader.ReadUInt16());
    }

    private bool Uses(ReadOnlySpan<byte> key33)
    {
        for (int i = 0; i < _keys.Count; i++)
        {
            if (_keys[i].Matches(key33))
            {
                _used[i] = true;
                return true;
            }
        }

        return false;
    }
}
