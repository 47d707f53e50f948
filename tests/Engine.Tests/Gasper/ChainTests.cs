using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.Production;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.Kernels.Bls12381;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>
/// 64 validators produce, attest and choose forks for epochs on end, with every signature going through the batch (the
/// scheme is a stand-in: see <see cref="FakeBls"/>).
/// </summary>
public sealed class ChainTests(ITestOutputHelper output)
{
    private const int Validators = 64;

    private static readonly GasperContext Context = VectorSet.Context("btc20-minimal");

    [Fact]
    public void A_chain_with_everyone_online_finalizes_two_epochs_back()
    {
        var chain = new Chain(Context, _ => true);
        chain.Run(epochs: 8);
        Assert.Equal(8UL * 8, (ulong)chain.Blocks.Count);
        Assert.Equal((7UL, 6UL), (chain.Store.Justified.Epoch, chain.Store.Finalized.Epoch));
        output.WriteLine($"{chain.Signatures} signatures in {chain.Blocks.Count} blocks and their votes");
        Assert.True(chain.Store.Prune(threshold: 1) > 30);
        Assert.Equal(chain.Blocks[^1], chain.Store.Head());
    }

    [Fact]
    public void Without_a_third_nothing_is_finalized_and_the_absent_leak()
    {
        var chain = new Chain(Context, i => i % 5 < 3);
        chain.Run(epochs: 9);
        Assert.Equal((0UL, 0UL), (chain.Store.Justified.Epoch, chain.Store.Finalized.Epoch));
        BeaconState state = chain.Store.StateOf(chain.Store.Head())!;
        Assert.True(
            state.Balances[0] > state.Balances[3] + 40_000_000, $"{state.Balances[0]} against {state.Balances[3]}");
    }

    [Fact]
    public void A_block_with_one_wrong_signature_is_refused_by_name_and_the_store_stays()
    {
        var chain = new Chain(Context, _ => true);
        chain.Run(epochs: 1);
        BeaconState state = chain.SlotState();
        SignedBeaconBlock good = chain.MakeBlock(state);
        byte[] bytes = good.Encoded.ToArray();
        int at = bytes.AsSpan().IndexOf(good.Message.Body.Attestations[^1].Signature.Span);
        bytes[at + 40] ^= 1;
        Hash256 head = chain.Store.Head();
        SignedBeaconBlock bad = SignedBeaconBlock.Decode(Context.Schemas, bytes);
        BlsSignatureBatch batch = chain.Batch();
        Verdict verdict = chain.Store.OnBlock(bad, batch);

        // The body is part of what the proposer signs, so its signature is the first that is wrong.
        Assert.Equal(RejectReason.BadSignature, verdict.Reason);
        Assert.StartsWith("block", verdict.Detail, StringComparison.Ordinal);
        Assert.True(batch.Count > 2);
        Assert.Equal(head, chain.Store.Head());
        Assert.True(chain.Store.OnBlock(good, chain.Batch()).Accepted);
        Assert.NotEqual(head, chain.Store.Head());
    }

    [Fact]
    public void The_attestation_signature_alone_is_named_when_the_proposer_signed_over_it()
    {
        var chain = new Chain(Context, _ => true);
        chain.Run(epochs: 1);
        BeaconState state = chain.SlotState();
        SignedBeaconBlock bad = chain.MakeBlock(state, a => new Attestation(a.AggregationBits, a.Data, new byte[96]));
        Verdict verdict = chain.Store.OnBlock(bad, chain.Batch());
        Assert.Equal(RejectReason.BadSignature, verdict.Reason);
        Assert.StartsWith("attestation", verdict.Detail, StringComparison.Ordinal);
    }

    /// <summary>A node that plays all validators.</summary>
    private sealed class Chain
    {
        private readonly Func<int, bool> _isOnline;
        private readonly FakeBls _bls = new();
        private readonly PublicKeyCache _keys;
        private readonly AttestationPool _pool;
        private readonly GasperContext _context;
        private ulong _slot;

        public Chain(GasperContext context, Func<int, bool> isOnline)
        {
            _context = context;
            _isOnline = isOnline;
            _keys = new PublicKeyCache(_bls);
            _pool = new AttestationPool(context.Preset, _bls);
            BeaconState genesis = Genesis.FromKeys(
                context, [.. Enumerable.Range(0, Validators).Select(FakeBls.Key)], 1000, Seeds.RootOf(77));
            Store = new ForkChoiceStore(genesis, Genesis.Block(genesis));
        }

        public ForkChoiceStore Store { get; }

        public List<Hash256> Blocks { get; } = [];

        public int Signatures { get; private set; }

        public BlsSignatureBatch Batch() => new(_bls, _keys, _context, Seeds.RootOf(5));

        public void Run(ulong epochs)
        {
            for (ulong end = _slot + (epochs * _context.Preset.SlotsPerEpoch); _slot < end;)
            {
                BeaconState state = SlotState();
                if (_isOnline(Accessors.ProposerIndex(state)))
                {
                    SignedBeaconBlock block = MakeBlock(state);
                    BlsSignatureBatch batch = Batch();
                    Verdict verdict = Store.OnBlock(block, batch);
                    Assert.True(verdict.Accepted, verdict.ToString());
                    Signatures += batch.Count;
                    Hash256 head = Store.Head();
                    Blocks.Add(head);
                    Assert.Equal(block.Message.HashTreeRoot(_context.Schemas, _context.Hasher), head);
                    foreach (Attestation attestation in block.Message.Body.Attestations)
                    {
                        Assert.True(Store.OnAttestation(attestation, true, SignaturesTrusted.Instance).Accepted);
                    }

                    state = Store.StateOf(head)!;
                }

                Attest(state);
            }
        }

        /// <summary>Moves the clock to the next slot and gives the head's state there.</summary>
        public BeaconState SlotState()
        {
            _slot++;
            Store.OnTick(Store.GenesisTime + (_slot * _context.Preset.SecondsPerSlot));
            Assert.True(StateTransition.Advance(Store.StateOf(Store.Head())!, _slot, out BeaconState? state).Accepted);
            return state!;
        }

        public SignedBeaconBlock MakeBlock(BeaconState state, Func<Attestation, Attestation>? change = null)
        {
            int proposer = Accessors.ProposerIndex(state);
            byte[] reveal = FakeBls.Sign(FakeBls.Key(proposer), ValidatorDuties.RandaoRoot(state));
            IReadOnlyList<Attestation> attestations = _pool.Select(state);
            Attestation[] changed = [.. attestations.Select(change ?? (a => a))];
            Verdict verdict = ValidatorDuties.BuildBlock(
                state, reveal, changed, BlockContents.Empty, out BeaconBlock? block);
            Assert.True(verdict.Accepted, verdict.ToString());
            byte[] signature = FakeBls.Sign(FakeBls.Key(proposer), ValidatorDuties.BlockRoot(state, block!));
            var signed = new SignedBeaconBlock(block!, signature);
            return SignedBeaconBlock.Decode(_context.Schemas, signed.Encoded);
        }

        private void Attest(BeaconState state)
        {
            Hash256 head = Store.Head();
            EpochCommittees committees = Accessors.CommitteesOf(state, state.CurrentEpoch);
            var votes = new List<Attestation>();
            for (int index = 0; index < committees.PerSlot; index++)
            {
                AttestationData data = ValidatorDuties.Vote(state, index, head);
                Hash256 root = ValidatorDuties.VoteRoot(state, data);
                ReadOnlySpan<int> committee = committees.Committee(state.Slot, index);
                for (int i = 0; i < committee.Length; i++)
                {
                    if (_isOnline(committee[i]))
                    {
                        bool[] bits = new bool[committee.Length];
                        bits[i] = true;
                        votes.Add(
                            new Attestation(Bits.From(bits), data, FakeBls.Sign(FakeBls.Key(committee[i]), root)));
                    }
                }
            }

            // Votes of a slot count from the next one on: one second before it nothing is accepted yet.
            foreach (Attestation vote in votes)
            {
                Assert.False(Store.OnAttestation(vote, false, Batch()).Accepted);
            }

            Store.OnTick(Store.GenesisTime + ((_slot + 1) * _context.Preset.SecondsPerSlot));
            foreach (Attestation vote in votes)
            {
                Verdict verdict = Store.OnAttestation(vote, false, Batch());
                Assert.True(verdict.Accepted, verdict.ToString());
                Assert.True(_pool.Add(vote));
            }

            _pool.Forget(_slot);
        }
    }
}

/// <summary>
/// A stand-in for BLS that keeps its shape, sums of keys and of signatures, and nothing of its security: a key is a
/// number k, a signature of m is k * h(m) modulo 2^64. It shows what the rules ask to be checked, not that the check is
/// sound.</summary>
internal sealed class FakeBls : IBlsKernel
{
    private const int KeyAt = 8;

    public string Name => "fake";

    public string? WhyUnsupported => null;

    public int Lanes => 1;

    public int BatchMinDefault => 1;

    public static PublicKey48 Key(int validator)
    {
        var key = default(PublicKey48);
        BitConverter.TryWriteBytes(((Span<byte>)key)[KeyAt..], ((ulong)validator * 0x9E3779B97F4A7C15) | 1);
        return key;
    }

    public static byte[] Sign(in PublicKey48 key, in Hash256 message)
    {
        byte[] signature = new byte[IBlsKernel.SignatureBytes];
        PublicKey48 copy = key;
        ulong value = BitConverter.ToUInt64(((ReadOnlySpan<byte>)copy)[KeyAt..]) * Digest(message.Bytes);
        BitConverter.TryWriteBytes(signature, value);
        return signature;
    }

    public BlsVerdict DecompressKey(ReadOnlySpan<byte> compressed, out BlsPublicKey key)
    {
        key = default;
        key[0] = BitConverter.ToUInt64(compressed[KeyAt..]);
        return key[0] == 0 ? BlsVerdict.KeyIsInfinity : BlsVerdict.Valid;
    }

    public void CompressKey(in BlsPublicKey key, Span<byte> compressed) => throw new NotSupportedException();

    public void AggregateKeys(ReadOnlySpan<BlsPublicKey> keys, out BlsPublicKey sum)
    {
        sum = default;
        foreach (BlsPublicKey key in keys)
        {
            sum[0] += key[0];
        }
    }

    public void AggregateKeys(ReadOnlySpan<BlsPublicKey> table, ReadOnlySpan<int> indices, out BlsPublicKey sum)
    {
        sum = default;
        foreach (int index in indices)
        {
            sum[0] += table[index][0];
        }
    }

    public BlsVerdict Verify(in BlsPublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        BlsPublicKey copy = key;
        bool holds = BitConverter.ToUInt64(signature) == copy[0] * Digest(message)
            && signature[8..].IndexOfAnyExcept((byte)0) < 0;
        return holds ? BlsVerdict.Valid : BlsVerdict.Mismatch;
    }

    public BlsVerdict FastAggregateVerify(
        ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        AggregateKeys(keys, out BlsPublicKey sum);
        return Verify(sum, message, signature);
    }

    public BlsVerdict AggregateVerify(
        ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> messages, int messageBytes, ReadOnlySpan<byte> signature) =>
        throw new NotSupportedException();

    public BlsVerdict VerifyBatch(
        ReadOnlySpan<BlsPublicKey> keys,
        ReadOnlySpan<byte> messages,
        int messageBytes,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<ulong> weights)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            Assert.NotEqual(0UL, weights[i]);
            BlsVerdict verdict = Verify(
                keys[i], messages.Slice(i * messageBytes, messageBytes),
                signatures.Slice(i * IBlsKernel.SignatureBytes, IBlsKernel.SignatureBytes));
            if (verdict != BlsVerdict.Valid)
            {
                return verdict;
            }
        }

        return BlsVerdict.Valid;
    }

    public BlsVerdict AggregateSignatures(ReadOnlySpan<byte> signatures, Span<byte> aggregate)
    {
        ulong sum = 0;
        for (int at = 0; at < signatures.Length; at += IBlsKernel.SignatureBytes)
        {
            sum += BitConverter.ToUInt64(signatures[at..]);
        }

        aggregate.Clear();
        BitConverter.TryWriteBytes(aggregate, sum);
        return BlsVerdict.Valid;
    }

    public string? SelfTest() => null;

    private static ulong Digest(ReadOnlySpan<byte> message) => BitConverter.ToUInt64(SHA256.HashData(message)) | 1;
}
