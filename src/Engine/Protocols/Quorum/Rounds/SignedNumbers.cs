using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>The highest block that a member signed in an epoch.</summary>
public readonly record struct SignedNumber(MemberKey Member, uint Epoch, ulong Seq, Hash256 Hash);

/// <summary>Where signatures are remembered beyond the process.</summary>
public interface ISignStore
{
    IReadOnlyList<SignedNumber> Load();

    /// <summary>Stores one; returns only when it would survive a crash. Throws where it cannot, and then nothing is
    /// signed.</summary>
    void Save(in SignedNumber signed);
}

/// <summary>Keeps a member from signing two blocks for one number [D]: it signs a hash only above everything it signed
/// in the epoch, or the same one again. Stored before the signature is released. Safe for concurrent use.</summary>
public sealed class SignedNumbers
{
    private readonly Lock _gate = new();
    private readonly ISignStore _store;
    private readonly Dictionary<MemberKey, SignedNumber> _byMember = [];

    public SignedNumbers(ISignStore store)
    {
        _store = store;
        foreach (SignedNumber signed in store.Load())
        {
            _byMember[signed.Member] = signed;
        }
    }

    /// <summary>What a member signed last, or null.</summary>
    public SignedNumber? Find(in MemberKey member)
    {
        lock (_gate)
        {
            return _byMember.TryGetValue(member, out SignedNumber signed) ? signed : null;
        }
    }

    /// <summary>Claims the right to sign.</summary>
    /// <returns>Accepted, or DoubleSign.</returns>
    public Verdict Claim(in MemberKey member, uint epoch, ulong seq, in Hash256 hash)
    {
        lock (_gate)
        {
            if (_byMember.TryGetValue(member, out SignedNumber known))
            {
                if (known.Epoch == epoch && known.Seq == seq && known.Hash == hash)
                {
                    return Verdict.Ok;
                }

                if (known.Epoch > epoch || (known.Epoch == epoch && known.Seq >= seq))
                {
                    return Verdict.Reject(
                        RejectReason.DoubleSign,
                        $"{member} signed {known.Hash.ToShortString()} for block {known.Seq} of epoch {known.Epoch}; "
                        + $"{hash.ToShortString()} for block {seq} of epoch {epoch} is refused");
                }
            }

            var signed = new SignedNumber(member, epoch, seq, hash);
            _store.Save(signed);
            _byMember[member] = signed;
            return Verdict.Ok;
        }
    }
}

/// <summary>Remembers as long as the process lives: tests and simulations.</summary>
public sealed class MemorySignStore : ISignStore
{
    private readonly Dictionary<MemberKey, SignedNumber> _signed = [];

    public IReadOnlyList<SignedNumber> Load() => [.. _signed.Values];

    public void Save(in SignedNumber signed) => _signed[signed.Member] = signed;
}
