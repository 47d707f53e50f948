using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>An unsigned little-endian integer of 1, 2, 4, 8, 16 or 32 bytes, or a boolean (one byte, 0 or 1).</summary>
public sealed class SszBasicType : SszType
{
    public static readonly SszBasicType Boolean = new("boolean", 1, isBoolean: true);
    public static readonly SszBasicType UInt8 = new("uint8", 1);
    public static readonly SszBasicType UInt16 = new("uint16", 2);
    public static readonly SszBasicType UInt32 = new("uint32", 4);
    public static readonly SszBasicType UInt64 = new("uint64", 8);
    public static readonly SszBasicType UInt128 = new("uint128", 16);
    public static readonly SszBasicType UInt256 = new("uint256", 32);

    private readonly bool _isBoolean;

    private SszBasicType(string name, int bytes, bool isBoolean = false)
        : base(name)
    {
        InlineBytes = bytes;
        _isBoolean = isBoolean;
    }

    public override bool IsFixed => true;

    public override bool IsBasic => true;

    public override int InlineBytes { get; }

    public override Hash256 Root(ReadOnlySpan<byte> bytes, SszHasher hasher) => new(bytes);

    internal override void Check(ReadOnlySpan<byte> bytes, long at)
    {
        CheckSize(bytes, InlineBytes, at);
        if (_isBoolean && bytes[0] > 1)
        {
            throw new SszException(Name, at, $"{bytes[0]} is neither 0 nor 1");
        }
    }

    /// <summary>Checks elements packed end to end; only booleans can be wrong.</summary>
    internal void CheckPacked(ReadOnlySpan<byte> bytes, long at)
    {
        int wrong = _isBoolean ? bytes.IndexOfAnyExcept((byte)0, (byte)1) : -1;
        if (wrong >= 0)
        {
            throw new SszException(Name, at + wrong, $"{bytes[wrong]} is neither 0 nor 1");
        }
    }
}
