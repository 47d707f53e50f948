using System.Buffers.Binary;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>A view over one serialized transaction [C]: length (4 bytes), type (1), inner hash (32), then three
/// vectors, each with a count of 4 bytes: signatures (65 bytes: r, s, recovery id), inputs (32: ids of unspent
/// outputs), outputs (37: address, droplets, hours).</summary>
/// <remarks>The inner hash is sha256 over inputs and outputs with their counts; input i is signed over
/// sha256(inner hash | id of the output); the transaction's id is sha256 over all of it.</remarks>
public readonly ref struct CoinTransaction
{
    public const int SignatureSize = 65;

    public const int InputSize = Hash256.Size;

    public const int OutputSize = CoinAddress.Size + 16;

    /// <summary>Bytes before the first vector.</summary>
    public const int HeadSize = 4 + 1 + Hash256.Size;

    /// <summary>Most signatures, inputs or outputs (skycoin: counts fit 16 bits).</summary>
    public const int ElementsMax = ushort.MaxValue;

    private CoinTransaction(
        ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signatures, ReadOnlySpan<byte> inputs, ReadOnlySpan<byte> outputs)
    {
        Bytes = bytes;
        Signatures = signatures;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>The whole serialized transaction.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>65 bytes each.</summary>
    public ReadOnlySpan<byte> Signatures { get; }

    /// <summary>32 bytes each.</summary>
    public ReadOnlySpan<byte> Inputs { get; }

    /// <summary>37 bytes each.</summary>
    public ReadOnlySpan<byte> Outputs { get; }

    public int SignatureCount => Signatures.Length / SignatureSize;

    public int InputCount => Inputs.Length / InputSize;

    public int OutputCount => Outputs.Length / OutputSize;

    /// <summary>Length that the transaction states: its size in bytes.</summary>
    public uint StatedBytes => BinaryPrimitives.ReadUInt32LittleEndian(Bytes);

    public byte Type => Bytes[4];

    public Hash256 InnerHash => new(Bytes[5..]);

    /// <summary>Where inputs and outputs, which the inner hash covers, begin in <see cref="Bytes"/>.</summary>
    public int InnerOffset => HeadSize + 4 + Signatures.Length;

    public Hash256 Input(int i) => new(Inputs.Slice(i * InputSize, InputSize));

    public ReadOnlySpan<byte> Output(int i) => Outputs.Slice(i * OutputSize, OutputSize);

    public static ulong CoinsOf(ReadOnlySpan<byte> output) =>
        BinaryPrimitives.ReadUInt64LittleEndian(output[CoinAddress.Size..]);

    public static ulong HoursOf(ReadOnlySpan<byte> output) =>
        BinaryPrimitives.ReadUInt64LittleEndian(output[(CoinAddress.Size + 8)..]);

    /// <summary>Reads one transaction; a failure is left in the reader.</summary>
    public static CoinTransaction Read(ref ByteReader reader)
    {
        int start = reader.Position;
        reader.Skip(HeadSize);
        ReadOnlySpan<byte> signatures = ReadVector(ref reader, SignatureSize, "signatures");
        ReadOnlySpan<byte> inputs = ReadVector(ref reader, InputSize, "inputs");
        ReadOnlySpan<byte> outputs = ReadVector(ref reader, OutputSize, "outputs");
        return reader.Failed
            ? default
            : new CoinTransaction(reader.Buffer[start..reader.Position], signatures, inputs, outputs);
    }

    /// <summary>Rules that need no state, in the order of skycoin's Transaction.Verify [C]. Id, inner hash and
    /// signatures are checked elsewhere, in batches.</summary>
    public Verdict CheckForm()
    {
        if (InputCount == 0 || OutputCount == 0)
        {
            return Verdict.Reject(RejectReason.ActionFailed, "a transaction needs inputs and outputs");
        }

        if (SignatureCount != InputCount)
        {
            return Verdict.Reject(RejectReason.Unauthorized, $"{SignatureCount} signatures for {InputCount} inputs");
        }

        if (Type != 0 || StatedBytes != (uint)Bytes.Length)
        {
            return Verdict.Reject(
                RejectReason.Malformed,
                $"type {Type} and length {StatedBytes}; type 0 and length {Bytes.Length} were expected", 0);
        }

        return CheckOutputs();
    }

    /// <summary>The id: sha256 over the bytes.</summary>
    public Hash256 Id()
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(Bytes, digest);
        return new Hash256(digest);
    }

    private static ReadOnlySpan<byte> ReadVector(ref ByteReader reader, int elementBytes, string what)
    {
        int at = reader.Position;
        uint count = reader.ReadUInt32();
        if (count > ElementsMax)
        {
            reader.Fail($"{what}: count {count} exceeds the limit {ElementsMax}", at);
            return default;
        }

        return reader.ReadSpan((int)count * elementBytes);
    }

    private Verdict CheckOutputs()
    {
        UInt128 coins = 0;
        UInt128 hours = 0;
        for (int i = 0; i < OutputCount; i++)
        {
            ReadOnlySpan<byte> output = Output(i);
            if (CoinsOf(output) == 0)
            {
                return Verdict.Reject(RejectReason.ActionFailed, $"output {i} holds no coins");
            }

            coins += CoinsOf(output);
            hours += HoursOf(output);
        }

        return coins > ulong.MaxValue || hours > ulong.MaxValue
            ? Verdict.Reject(RejectReason.ActionFailed, "the outputs' coins or hours exceed 64 bits")
            : Verdict.Ok;
    }
}
