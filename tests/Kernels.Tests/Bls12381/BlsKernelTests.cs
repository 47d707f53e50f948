using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tactus.Kernels.Bls12381;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Kernels.Tests.Bls12381;

/// <summary>
/// Every entry: batches good and spoilt, sums of keys, bad bytes; real deposits and published key pairs. Seeds are
/// fixed.
/// </summary>
public class BlsKernelTests(ITestOutputHelper output)
{
    private const int MessageBytes = 32;

    private static readonly Bls12381Signer Signer = new();

    [KernelTheory, MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Batches_hold_and_each_spoilt_item_breaks_them(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        foreach (int count in (ReadOnlySpan<int>)[1, 2, 7, 8, 9, 17])
        {
            Set set = Signed(kernel, count, distinctMessages: count);
            Assert.Equal(BlsVerdict.Valid, Verify(kernel, set));
            int at = count - 1;
            set.Messages[(at * MessageBytes) + 3] ^= 4;
            Assert.Equal(BlsVerdict.Mismatch, Verify(kernel, set));
            set.Messages[(at * MessageBytes) + 3] ^= 4;
            if (count > 1)
            {
                // two signatures in each other's place add up to the same sum; only the weights tell
                Set swapped = set with { Signatures = Swap(set.Signatures, 96, 0, at) };
                Assert.Equal(BlsVerdict.Mismatch, Verify(kernel, swapped));
            }
        }
    }

    [KernelTheory, MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Equal_messages_share_a_group(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        Set set = Signed(kernel, 20, distinctMessages: 3);
        Assert.Equal(BlsVerdict.Valid, Verify(kernel, set));
        set.Weights[5] ^= 1UL << 40;
        Assert.Equal(BlsVerdict.Valid, Verify(kernel, set));
        (set.Keys[4], set.Keys[7]) = (set.Keys[7], set.Keys[4]);
        Assert.Equal(BlsVerdict.Mismatch, Verify(kernel, set));
        Set one = Signed(kernel, 9, distinctMessages: 1);
        Assert.Equal(BlsVerdict.Valid, Verify(kernel, one));
    }

    [KernelTheory, MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Sums_of_keys_agree_with_adding_one_by_one_and_may_cancel(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        var scalar = new Bls12381Scalar();
        BlsPublicKey[] keys = Signed(kernel, 70, distinctMessages: 1, sign: false).Keys;
        foreach (int count in (ReadOnlySpan<int>)[0, 1, 2, 23, 24, 31, 32, 70])
        {
            scalar.AggregateKeys(keys.AsSpan(0, count), out BlsPublicKey expected);
            kernel.AggregateKeys(keys.AsSpan(0, count), out BlsPublicKey sum);
            Assert.Equal(Compressed(scalar, expected), Compressed(kernel, sum));
            int[] indices = [.. Enumerable.Range(0, count).Select(i => (i * 37) % 70)];
            scalar.AggregateKeys(keys, indices, out expected);
            kernel.AggregateKeys(keys, indices, out sum);
            Assert.Equal(Compressed(scalar, expected), Compressed(kernel, sum));
        }

        // every key with its opposite, and doubles: all special cases of the addition in one sum
        BlsPublicKey[] cancelling = [.. keys.SelectMany(key => new[] { key, Opposite(kernel, key) })];
        kernel.AggregateKeys(cancelling, out BlsPublicKey nothing);
        Assert.True(KeyForm.IsInfinity(nothing));
        BlsPublicKey[] same = [.. Enumerable.Repeat(keys[0], 40)];
        scalar.AggregateKeys(same, out BlsPublicKey forty);
        kernel.AggregateKeys(same, out BlsPublicKey again);
        Assert.Equal(Compressed(scalar, forty), Compressed(kernel, again));
        Assert.Throws<ArgumentException>(() => kernel.AggregateKeys(keys, [70], out _));
        Assert.Throws<ArgumentException>(() => kernel.AggregateKeys(keys, [-1], out _));
        byte[] aggregate = new byte[96];
        Signer.TrySign(Secret(0), new byte[32], aggregate);
        Assert.Equal(
            BlsVerdict.KeyIsInfinity, kernel.FastAggregateVerify(new BlsPublicKey[1], new byte[32], aggregate));
        Assert.Equal(
            BlsVerdict.KeyIsInfinity,
            kernel.FastAggregateVerify([keys[0], Opposite(kernel, keys[0])], new byte[32], aggregate));
    }

    [KernelTheory, MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Damaged_bytes_are_refused_alike_and_never_throw(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        var scalar = new Bls12381Scalar();
        Set set = Signed(kernel, 3, distinctMessages: 3);
        var random = new Random(48);
        var seen = new SortedDictionary<BlsVerdict, int>();
        for (int i = 0; i < 150; i++)
        {
            byte[] signatures = [.. set.Signatures];
            int at = random.Next(signatures.Length);
            signatures[at] ^= (byte)(1 << random.Next(8));
            if (i % 3 == 0)
            {
                random.NextBytes(signatures.AsSpan(at / 96 * 96, 96));
                signatures[at / 96 * 96] = (byte)(0x80 | (signatures[at / 96 * 96] & 0x2f));
            }

            BlsVerdict expected = scalar.VerifyBatch(set.Keys, set.Messages, MessageBytes, signatures, set.Weights);
            BlsVerdict actual = kernel.VerifyBatch(set.Keys, set.Messages, MessageBytes, signatures, set.Weights);
            Assert.Equal(expected, actual);
            Assert.NotEqual(BlsVerdict.Valid, actual);
            seen[actual] = seen.GetValueOrDefault(actual) + 1;
            byte[] key = Compressed(kernel, set.Keys[0]);
            key[random.Next(48)] ^= (byte)(1 << random.Next(8));
            BlsVerdict decoded = kernel.DecompressKey(key, out BlsPublicKey point);
            Assert.Equal(decoded == BlsVerdict.Valid, !KeyForm.IsInfinity(point));
        }

        output.WriteLine(string.Join(", ", seen.Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.Contains(BlsVerdict.NotOnCurve, seen.Keys);
        Assert.Contains(BlsVerdict.NotInSubgroup, seen.Keys);
        Assert.Contains(BlsVerdict.BadEncoding, seen.Keys);
        for (int length = 0; length < 200; length += 13)
        {
            Assert.Equal(BlsVerdict.BadEncoding, kernel.Verify(set.Keys[0], new byte[5], new byte[length]));
        }
    }

    [KernelTheory, MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Many_keys_decompress_as_each_alone(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        var scalar = new Bls12381Scalar();
        var random = new Random(49);
        foreach (int count in (ReadOnlySpan<int>)[0, 1, 8, 61])
        {
            byte[] compressed = new byte[count * 48];
            for (int i = 0; i < count; i++)
            {
                Span<byte> key = compressed.AsSpan(i * 48, 48);
                Assert.True(Signer.TryPublicKey(Secret(i), key));
                switch (i % 6)
                {
                    case 1:
                        key[random.Next(48)] ^= (byte)(1 << random.Next(8));
                        break;
                    case 3:
                        random.NextBytes(key);
                        key[0] = (byte)(0x80 | (key[0] & 0x2f));
                        break;
                    case 4:
                        key[0] &= 0x7f;
                        break;
                    case 5:
                        key.Clear();
                        key[0] = 0xc0;
                        break;
                }
            }

            var keys = new BlsPublicKey[count];
            var verdicts = new BlsVerdict[count];
            kernel.DecompressKeys(compressed, keys, verdicts);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(scalar.DecompressKey(compressed.AsSpan(i * 48, 48), out BlsPublicKey alone), verdicts[i]);
                Assert.Equal(Compressed(scalar, alone), Compressed(kernel, keys[i]));
            }

            if (count == 61)
            {
                Assert.Equal(5, verdicts.Distinct().Count());
            }
        }

        Assert.Throws<ArgumentException>(
            () => kernel.DecompressKeys(new byte[95], new BlsPublicKey[2], new BlsVerdict[2]));
        Assert.Throws<ArgumentException>(
            () => kernel.DecompressKeys(new byte[96], new BlsPublicKey[2], new BlsVerdict[1]));
    }

    [KernelTheory, MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Misuse_is_told_from_bad_input(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        Set set = Signed(kernel, 2, distinctMessages: 2);
        Assert.Equal(BlsVerdict.Empty, kernel.VerifyBatch([], [], MessageBytes, [], []));
        Assert.Equal(BlsVerdict.Empty, kernel.FastAggregateVerify([], new byte[32], new byte[96]));
        Assert.Equal(BlsVerdict.Empty, kernel.AggregateSignatures([], new byte[96]));
        Assert.Throws<ArgumentException>(() => kernel.DecompressKey(new byte[47], out _));
        Assert.Throws<ArgumentException>(
            () => kernel.VerifyBatch(set.Keys, set.Messages, 31, set.Signatures, set.Weights));
        Assert.Throws<ArgumentException>(
            () => kernel.VerifyBatch(set.Keys, set.Messages, 32, set.Signatures.AsSpan(1), set.Weights));
        Assert.Throws<ArgumentException>(() => kernel.VerifyBatch(set.Keys, set.Messages, 32, set.Signatures, [1]));
        Assert.Throws<ArgumentException>(() => kernel.VerifyBatch(set.Keys, set.Messages, 32, set.Signatures, [1, 0]));
        Assert.Throws<ArgumentException>(
            () => kernel.AggregateVerify(set.Keys, set.Messages.AsSpan(1), 32, set.Signatures.AsSpan(0, 96)));
    }

    [DataFact]
    public void Published_key_pairs()
    {
        // lines of the form - {privkey: '0x..', newline pubkey: '0x..'}
        string text = File.ReadAllText(TestData.PathOf("gasper", "deposit", "keygen_10_validators.yaml"));
        string[] hex = [.. text.Split('\'').Where(part => part.StartsWith("0x", StringComparison.Ordinal))];
        Assert.Equal(20, hex.Length);
        byte[] key = new byte[48];
        for (int i = 0; i < hex.Length; i += 2)
        {
            Assert.True(Signer.TryPublicKey(Convert.FromHexString(hex[i][2..]), key));
            Assert.Equal(hex[i + 1][2..], Convert.ToHexStringLower(key));
        }

        output.WriteLine("deposit/keygen_10_validators: 10 of 10 pass");
    }

    [KernelTheory(ReadsData = true), MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Real_deposits(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        string folder = TestData.PathOf("gasper", "deposit", "vectors");
        var keys = new List<BlsPublicKey>();
        var messages = new List<byte>();
        var signatures = new List<byte>();
        int files = 0;
        string[] paths = Directory.GetFiles(folder, "deposit_data-*.json", SearchOption.AllDirectories);
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            files++;
            foreach (JsonNode? deposit in JsonNode.Parse(File.ReadAllText(path))!.AsArray())
            {
                Assert.Equal(
                    BlsVerdict.Valid,
                    kernel.DecompressKey(BlsVectorFile.Hex(deposit!["pubkey"]), out BlsPublicKey key));
                byte[] root = SigningRoot(
                    BlsVectorFile.Hex(deposit["deposit_message_root"]), BlsVectorFile.Hex(deposit["fork_version"]));
                byte[] signature = BlsVectorFile.Hex(deposit["signature"]);
                Assert.Equal(BlsVerdict.Valid, kernel.Verify(key, root, signature));
                keys.Add(key);
                messages.AddRange(root);
                signatures.AddRange(signature);
            }
        }

        ulong[] weights = [.. Enumerable.Range(1, keys.Count).Select(i => (ulong)i * 0x9e3779b97f4a7c15UL)];
        BlsVerdict batch = kernel.VerifyBatch(
            keys.ToArray(), messages.ToArray(), MessageBytes, signatures.ToArray(), weights);
        Assert.Equal(BlsVerdict.Valid, batch);
        Assert.Equal(12, files);
        Assert.Equal(22, keys.Count);
        output.WriteLine(
            $"{kernel.Name}: deposit/vectors: {keys.Count} signatures of {files} files pass, singly and as a batch");
    }

    // compute_signing_root with compute_domain(DOMAIN_DEPOSIT, fork version, no genesis root) of the phase 0
    // specification
    private static byte[] SigningRoot(byte[] messageRoot, byte[] forkVersion)
    {
        byte[] forkData = SHA256.HashData([.. forkVersion, .. new byte[28], .. new byte[32]]);
        return SHA256.HashData([.. messageRoot, 3, 0, 0, 0, .. forkData.AsSpan(0, 28)]);
    }

    private static BlsVerdict Verify(IBlsKernel kernel, Set set) =>
        kernel.VerifyBatch(set.Keys, set.Messages, MessageBytes, set.Signatures, set.Weights);

    private static Set Signed(IBlsKernel kernel, int count, int distinctMessages, bool sign = true)
    {
        var set = new Set(
            new BlsPublicKey[count],
            new byte[count * MessageBytes],
            new byte[count * 96],
            [.. Enumerable.Range(1, count).Select(Weight)]);
        byte[] compressed = new byte[48];
        for (int i = 0; i < count; i++)
        {
            Assert.True(Signer.TryPublicKey(Secret(i), compressed));
            Assert.Equal(BlsVerdict.Valid, kernel.DecompressKey(compressed, out set.Keys[i]));
            Span<byte> message = set.Messages.AsSpan(i * MessageBytes, MessageBytes);
            SHA256.HashData([(byte)(i % distinctMessages)], message);
            Assert.True(!sign || Signer.TrySign(Secret(i), message, set.Signatures.AsSpan(i * 96, 96)));
        }

        return set;
    }

    private static ulong Weight(int i) => 0x9e3779b97f4a7c15UL * (ulong)i;

    private static byte[] Secret(int i)
    {
        byte[] secret = SHA256.HashData([(byte)i, 0x5e]);
        secret[0] &= 0x3f;
        return secret;
    }

    private static byte[] Swap(byte[] items, int itemBytes, int i, int j)
    {
        byte[] swapped = [.. items];
        items.AsSpan(i * itemBytes, itemBytes).CopyTo(swapped.AsSpan(j * itemBytes));
        items.AsSpan(j * itemBytes, itemBytes).CopyTo(swapped.AsSpan(i * itemBytes));
        return swapped;
    }

    private static BlsPublicKey Opposite(IBlsKernel kernel, BlsPublicKey key)
    {
        byte[] compressed = Compressed(kernel, key);
        compressed[0] ^= 0x20;
        Assert.Equal(BlsVerdict.Valid, kernel.DecompressKey(compressed, out BlsPublicKey opposite));
        return opposite;
    }

    private static byte[] Compressed(IBlsKernel kernel, BlsPublicKey key)
    {
        byte[] compressed = new byte[48];
        kernel.CompressKey(key, compressed);
        return compressed;
    }

    private sealed record Set(BlsPublicKey[] Keys, byte[] Messages, byte[] Signatures, ulong[] Weights);
}
