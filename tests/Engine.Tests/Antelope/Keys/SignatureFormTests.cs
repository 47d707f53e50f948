using System.Text.Json;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Engine.Tests.Antelope.Logs;
using Tactus.Engine.Tests.Antelope.Wire;
using Tactus.Kernels.Secp256k1;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Keys;

public class SignatureFormTests
{
    [DataFact]
    public void TheVectorsDigestComesFromItsTransaction()
    {
        using JsonDocument document = KeyTextTests.Vectors();
        JsonElement vector = document.RootElement.GetProperty("recover")[0];
        var reader = new ByteReader(Convert.FromHexString(vector.GetProperty("payload").GetString()!));
        var transaction = Transaction.Read(ref reader);
        Assert.False(reader.Failed);
        var chainId = Hash256.FromHex(vector.GetProperty("chain_id").GetString()!);
        Assert.Equal(vector.GetProperty("digest").GetString(), transaction.SigningDigest(chainId, []).ToString());
    }

    [DataFact]
    public void AgreesWithBouncyCastleOnRealSignatures()
    {
        foreach (Dictionary<string, string> row in RealLogs.Rows("telosdevnet-7c7fbb7-88", "trx"))
        {
            using var log = RealLogs.Open("telosdevnet-7c7fbb7-88");
            PackedTransaction packed = log.ReadBlock(
                row.Number("block")).Transactions[(int)row.Number("index")].Packed!;
            ReadOnlySpan<byte> compact = packed.Signatures[0].Compact;
            byte[]? key = BouncyCastleSecp256k1.Recover(
                Convert.FromHexString(row["sig_digest"]), compact[1..], (compact[0] - 27) & 3);
            Assert.NotNull(key);
            Assert.Equal(row["keys"], KeyText.ToText(new PublicKey(KeyType.K1, key)));
        }
    }

    [DataFact]
    public void OneKeySigningTwiceIsADuplicate()
    {
        using JsonDocument document = KeyTextTests.Vectors();
        JsonElement vector = document.RootElement.GetProperty("recover")[0];
        var digest = Hash256.FromHex(vector.GetProperty("digest").GetString()!);
        KeySignature signature = KeyText.ParseSignature(vector.GetProperty("signature").GetString()!);
        Assert.Null(KeyRecovery.TryRecoverAll(RealLogs.Kernels, digest, [signature, signature], out Verdict verdict));
        Assert.Equal(RejectReason.DuplicateKey, verdict.Reason);
        Assert.Equal(1, verdict.Index);
    }

    [Theory]
    [InlineData(26, "00ff", "header byte 26")]
    [InlineData(35, "00ff", "header byte 35")]
    [InlineData(31, "8000", "not canonical")]
    [InlineData(31, "007f", "not canonical")]
    [InlineData(31, "0000", "not canonical")]
    public void FormIsCheckedByBytes(byte header, string leading, string reason)
    {
        byte[] compact = new byte[KeySignature.CompactSize];
        compact.AsSpan().Fill(0x11);
        compact[0] = header;
        Convert.FromHexString(leading).CopyTo(compact, 33);
        var signature = new KeySignature(KeyType.K1, compact);
        Assert.Null(KeyRecovery.TryRecover(RealLogs.Kernels, Hash256.Zero, signature, out Verdict verdict));
        Assert.Contains(reason, verdict.Detail, StringComparison.Ordinal);

        // The same for r; 0x00ff and 0x0080 are canonical.
        Assert.False(CanonicalSignature.IsCanonical(compact.AsSpan(1)) && header is >= 27 and <= 34);
        Assert.True(CanonicalSignature.IsCanonical([0x00, 0x80, .. new byte[30], 0x7f, .. new byte[31]]));
    }

    [DataFact]
    public void SlowSignaturesOfABlockGetTheirTags()
    {
        // The digest is the vectors' own, so it is put into the lane in place of the transaction's.
        using JsonDocument document = KeyTextTests.Vectors();
        JsonElement[] vectors =
            [document.RootElement.GetProperty("keypairs")[1], document.RootElement.GetProperty("recover")[1]];
        KeySignature[] signatures =
        [
            .. vectors.Select(v => KeyText.ParseSignature(v.GetProperty("signature").GetString()!)),
        ];
        SignedBlock block = SampleBlocks.Of(4, 0);
        block.Transactions =
        [
            new TransactionReceipt(
                TransactionStatus.Executed, 1, 1,
                PackedTransaction.Of(SampleBlocks.Transaction(new Random(1), 1), signatures)),
        ];
        var work = new BlockWork();
        work.Load(block.ToBytes());
        Assert.True(new BlockLaneDecoder(RealLogs.Kernels, Hash256.Zero).Decode(work).Accepted);
        var slow = new SlowSignatures(RealLogs.Kernels);
        for (int i = 0; i < vectors.Length; i++)
        {
            // Some R1 key signed any digest; a WebAuthn signature quotes its own.
            slow.Check(work, i);
            Assert.Equal(i == 0 ? SignatureVerdict.Valid : SignatureVerdict.Mismatch, work.Signatures.Verdicts[i]);
            Convert.FromHexString(vectors[i].GetProperty("digest").GetString()!).CopyTo(work.Signatures.DigestOf(i));
            slow.Check(work, i);
            Assert.Equal(SignatureVerdict.Valid, work.Signatures.Verdicts[i]);
            string key = vectors[i].TryGetProperty("recovers_to", out JsonElement to)
                ? to.GetString()!
                : vectors[i].GetProperty("public_key").GetString()!;
            Assert.Equal(KeyTag.Of(KeyText.ParsePublicKey(key)), KeyTag.View(work.Signatures.KeyTagOf(i))[0]);
        }
    }
}
