using System.IO.Compression;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Wire;

/// <summary>Blocks with every form that the wire has, for tests that need no real data.</summary>
internal static class SampleBlocks
{
    /// <summary>A block whose transactions carry K1, R1 and WebAuthn signatures, context-free data, zlib, and ids
    /// alone.</summary>
    public static SignedBlock Of(int seed, int transactions)
    {
        var random = new Random(seed);
        var receipts = new TransactionReceipt[transactions];
        for (int i = 0; i < transactions; i++)
        {
            receipts[i] = Receipt(random, i);
        }

        return new SignedBlock(new BlockHeader
        {
            Slot = (uint)random.Next(),
            Producer = Name.Parse("eosio"),
            Previous = new Hash256(Bytes(random, 32)),
            TransactionRoot = new Hash256(Bytes(random, 32)),
            ActionRoot = new Hash256(Bytes(random, 32)),
            Extensions = seed % 2 == 0
                ? []
                : [new Extension(Extension.ProtocolFeatureActivation, [1, .. Bytes(random, 32)])],
        })
        {
            ProducerSignature = Signature(random, KeyType.K1),
            Transactions = receipts,
            Extensions = seed % 3 == 0 ? [AdditionalSignatures(random)] : [],
        };
    }

    public static byte[] Compress(byte[] plain)
    {
        var output = new MemoryStream();
        using (var zlib = new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(plain);
        }

        return output.ToArray();
    }

    public static Transaction Transaction(Random random, int actions) => new()
    {
        Expiration = (uint)random.Next(),
        RefBlockNum = (ushort)random.Next(),
        RefBlockPrefix = (uint)random.Next(),
        MaxNetUsageWords = (uint)random.Next(300),
        DelaySec = (uint)random.Next(2),
        ContextFreeActions = random.Next(4) == 0 ? [Action(random, 0)] : [],
        Actions = [.. Enumerable.Range(0, actions).Select(_ => Action(random, random.Next(1, 3)))],
    };

    public static KeySignature Signature(Random random, KeyType type)
    {
        byte[] compact = Bytes(random, KeySignature.CompactSize);
        compact[0] = (byte)random.Next(27, 36);
        if (type != KeyType.WebAuthn)
        {
            return new KeySignature(type, compact);
        }

        var writer = new ByteWriter();
        writer.WriteSpan(compact);
        writer.WriteBytes(Bytes(random, 37));
        writer.WriteBytes(Bytes(random, random.Next(100, 300)));
        return new KeySignature(type, writer.Written);
    }

    private static TransactionReceipt Receipt(Random random, int index)
    {
        uint words = (uint)random.Next(500);
        if (index % 7 == 6)
        {
            return new TransactionReceipt(TransactionStatus.Delayed, 100, words, new Hash256(Bytes(random, 32)));
        }

        KeySignature[] signatures =
            [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => Signature(random, (KeyType)(random.Next(6) % 4 % 3)))];
        IReadOnlyList<byte[]> contextFreeData =
            [.. Enumerable.Range(0, Math.Max(0, random.Next(-3, 3))).Select(_ => Bytes(random, random.Next(200)))];
        var packed = PackedTransaction.Of(Transaction(random, random.Next(1, 4)), signatures, contextFreeData);
        if (index % 5 == 4)
        {
            packed = packed with
            {
                Compression = TransactionCompression.Zlib,
                PackedTrx = Compress(packed.PackedTrx),
                PackedContextFreeData =
                    packed.PackedContextFreeData.Length == 0 ? [] : Compress(packed.PackedContextFreeData),
            };
        }
        else if (index % 11 == 3 && packed.PackedContextFreeData.Length == 0)
        {
            packed = packed with { PackedContextFreeData = [0] };
        }

        return new TransactionReceipt(TransactionStatus.Executed, (uint)random.Next(200_000), words, packed);
    }

    private static Extension AdditionalSignatures(Random random)
    {
        var writer = new ByteWriter();
        writer.WriteVarUInt32(2);
        Signature(random, KeyType.K1).Write(writer);
        Signature(random, KeyType.R1).Write(writer);
        return new Extension(Extension.AdditionalBlockSignatures, writer.ToArray());
    }

    private static ChainAction Action(Random random, int levels) => new(
        new Name((ulong)random.NextInt64()),
        new Name((ulong)random.NextInt64()),
        [.. Enumerable.Range(0, levels).Select(_ => new PermissionLevel(new Name((ulong)random.NextInt64()), Name.Parse("active")))],
        Bytes(random, random.Next(0, 180)));

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
