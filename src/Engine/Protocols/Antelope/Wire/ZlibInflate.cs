using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>Outcome of an inflation.</summary>
/// <param name="Error">What is wrong, or null.</param>
/// <param name="Consumed">Bytes of input read; with an error, about where it is.</param>
/// <param name="TooLarge">The output would exceed its limit.</param>
internal readonly record struct InflateResult(string? Error, int Consumed, bool TooLarge = false);

/// <summary>Inflates a zlib stream (RFC 1950, RFC 1951) into a bounded, reusable buffer.</summary>
/// <remarks>
/// Own code because the library's streams allocate per use and throw on bad input, and because which streams are valid
/// is a consensus matter. It accepts what zlib's inflate accepts: dynamic codes may be incomplete only as one code of
/// one bit, bytes after the checksum are ignored.</remarks>
internal static class ZlibInflate
{
    private const int BitsMax = 15;
    private const int LengthCodesMax = 286;
    private const int DistanceCodesMax = 30;
    private const int FixedLengthCodes = 288;
    private const int EndOfBlock = 256;
    private const uint AdlerModulus = 65521;

    // RFC 1951 section 3.2.5: base and extra bits of length codes 257.. and of distance codes.
    private static ReadOnlySpan<ushort> LengthBase =>
    [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ];

    private static ReadOnlySpan<byte> LengthExtra =>
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static ReadOnlySpan<ushort> DistanceBase =>
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
        8193, 12289, 16385, 24577,
    ];

    private static ReadOnlySpan<byte> DistanceExtra =>
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    // RFC 1951 section 3.2.7: order in which the lengths of the code length code are stored.
    private static ReadOnlySpan<byte> CodeLengthOrder =>
        [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Appends the inflated bytes to <paramref name="output"/>; on an error what was appended is
    /// meaningless.</summary>
    public static InflateResult Run(ReadOnlySpan<byte> input, ByteWriter output, int outputBytesMax)
    {
        var state = new State(input, output, outputBytesMax);
        if (state.Header() && state.Blocks())
        {
            state.Checksum();
        }

        return new InflateResult(state.Error, state.Consumed, state.TooLarge);
    }

    /// <summary>A canonical Huffman code: how many codes of each length, and the symbols in code order.</summary>
    private ref struct Code(Span<ushort> counts, Span<ushort> symbols)
    {
        public readonly Span<ushort> Counts = counts;
        public readonly Span<ushort> Symbols = symbols;

        /// <summary>Builds the code from the length of each symbol; returns how many codes are unused (0 = complete,
        /// negative = over-subscribed).</summary>
        public readonly int Build(ReadOnlySpan<byte> lengths)
        {
            Counts.Clear();
            foreach (byte length in lengths)
            {
                Counts[length]++;
            }

            int left = 1;
            for (int bits = 1; bits <= BitsMax; bits++)
            {
                left = (left << 1) - Counts[bits];
                if (left < 0)
                {
                    return left;
                }
            }

            Span<ushort> next = stackalloc ushort[BitsMax + 2];
            for (int bits = 1; bits <= BitsMax; bits++)
            {
                next[bits + 1] = (ushort)(next[bits] + Counts[bits]);
            }

            for (int symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] != 0)
                {
                    Symbols[next[lengths[symbol]]++] = (ushort)symbol;
                }
            }

            return left;
        }

        /// <summary>zlib takes an incomplete code only where its longest code has one bit (or there is none).</summary>
        public readonly bool IsAtMostOneBit => Counts[2..].IndexOfAnyExcept((ushort)0) < 0;
    }

    private ref struct State(ReadOnlySpan<byte> input, ByteWriter output, int outputBytesMax)
    {
        private readonly ReadOnlySpan<byte> _input = input;
        private readonly ByteWriter _output = output;
        private readonly int _start = output.Length;
        private readonly int _outputBytesMax = outputBytesMax;
        private uint _bits;
        private int _bitCount;

        public string? Error { get; private set; }

        public int Consumed { get; private set; }

        public bool TooLarge { get; private set; }

        public bool Header()
        {
            if (_input.Length < 2)
            {
                return Fail("compressed bytes end");
            }

            int method = _input[0];
            int flags = _input[1];
            if ((method & 15) != 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 != 0)
            {
                return Fail("no zlib header");
            }

            if ((flags & 0x20) != 0)
            {
                return Fail("zlib stream asks for a preset dictionary");
            }

            Consumed = 2;
            return true;
        }

        public bool Blocks()
        {
            Code lengths = new(stackalloc ushort[BitsMax + 1], stackalloc ushort[FixedLengthCodes]);
            Code distances = new(stackalloc ushort[BitsMax + 1], stackalloc ushort[DistanceCodesMax + 2]);
            bool last;
            do
            {
                last = Bits(1) == 1;
                uint type = Bits(2);
                bool good = type switch
                {
                    0 => Stored(),
                    1 => FixedCodes(lengths, distances) && Compressed(lengths, distances),
                    2 => DynamicCodes(lengths, distances) && Compressed(lengths, distances),
                    _ => Fail("block type 3 does not exist"),
                };
                if (!good || Error is not null)
                {
                    return false;
                }
            }
            while (!last);
            return true;
        }

        public bool Checksum()
        {
            // The checksum starts at the next whole byte; fewer than eight bits are ever held over.
            if (_input.Length - Consumed < 4)
            {
                return Fail("compressed bytes end");
            }

            uint stored = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_input[Consumed..]);
            Consumed += 4;
            return stored == Adler32(_output.Written[_start..]) || Fail("zlib checksum is wrong");
        }

        private static uint Adler32(ReadOnlySpan<byte> bytes)
        {
            // RFC 1950 section 9; 5552 is the longest run before the sums pass 32 bits.
            uint a = 1;
            uint b = 0;
            while (bytes.Length > 0)
            {
                ReadOnlySpan<byte> run = bytes[..Math.Min(bytes.Length, 5552)];
                foreach (byte value in run)
                {
                    a += value;
                    b += a;
                }

                a %= AdlerModulus;
                b %= AdlerModulus;
                bytes = bytes[run.Length..];
            }

            return (b << 16) | a;
        }

        private bool Fail(string reason)
        {
            Error ??= reason;
            return false;
        }

        /// <summary>The next <paramref name="count"/> (at most 16) bits, low bit first; zero and an error at the end of
        /// the input.</summary>
        private uint Bits(int count)
        {
            while (_bitCount < count)
            {
                if (Consumed == _input.Length)
                {
                    Fail("compressed bytes end");
                    return 0;
                }

                _bits |= (uint)_input[Consumed++] << _bitCount;
                _bitCount += 8;
            }

            uint value = _bits & ((1u << count) - 1);
            _bits >>= count;
            _bitCount -= count;
            return value;
        }

        /// <summary>The next symbol, or -1 with an error.</summary>
        private int Symbol(scoped Code code)
        {
            int value = 0;
            int first = 0;
            int index = 0;
            for (int bits = 1; bits <= BitsMax; bits++)
            {
                value |= (int)Bits(1);
                if (Error is not null)
                {
                    return -1;
                }

                int count = code.Counts[bits];
                if (value - first < count)
                {
                    return code.Symbols[index + value - first];
                }

                index += count;
                first = (first + count) << 1;
                value <<= 1;
            }

            Fail("code does not exist");
            return -1;
        }

        private bool Room(int bytes)
        {
            if (_output.Length - _start + bytes <= _outputBytesMax)
            {
                return true;
            }

            TooLarge = true;
            return Fail($"inflates beyond the limit of {_outputBytesMax} bytes");
        }

        private bool Stored()
        {
            _bits = 0;
            _bitCount = 0;
            if (_input.Length - Consumed < 4)
            {
                return Fail("compressed bytes end");
            }

            int length = _input[Consumed] | (_input[Consumed + 1] << 8);
            int inverse = _input[Consumed + 2] | (_input[Consumed + 3] << 8);
            Consumed += 4;
            if (length != (~inverse & 0xffff))
            {
                return Fail("lengths of a stored block disagree");
            }

            if (_input.Length - Consumed < length)
            {
                return Fail("compressed bytes end");
            }

            if (!Room(length))
            {
                return false;
            }

            _output.WriteSpan(_input.Slice(Consumed, length));
            Consumed += length;
            return true;
        }

        private static bool FixedCodes(scoped Code lengths, scoped Code distances)
        {
            Span<byte> bits = stackalloc byte[FixedLengthCodes];
            bits[..144].Fill(8);
            bits[144..256].Fill(9);
            bits[256..280].Fill(7);
            bits[280..].Fill(8);
            lengths.Build(bits);
            bits[..(DistanceCodesMax + 2)].Fill(5);
            distances.Build(bits[..(DistanceCodesMax + 2)]);
            return true;
        }

        private bool DynamicCodes(scoped Code lengths, scoped Code distances)
        {
            int lengthCount = (int)Bits(5) + 257;
            int distanceCount = (int)Bits(5) + 1;
            int codeCount = (int)Bits(4) + 4;
            if (lengthCount > LengthCodesMax || distanceCount > DistanceCodesMax)
            {
                return Fail("too many length or distance codes");
            }

            Span<byte> bits = stackalloc byte[LengthCodesMax + DistanceCodesMax];
            for (int i = 0; i < codeCount; i++)
            {
                bits[CodeLengthOrder[i]] = (byte)Bits(3);
            }

            if (Error is not null || lengths.Build(bits[..CodeLengthOrder.Length]) != 0)
            {
                return Fail("code lengths code is no complete code");
            }

            bits.Clear();
            if (!CodeLengths(lengths, bits[..(lengthCount + distanceCount)]))
            {
                return false;
            }

            if (bits[EndOfBlock] == 0)
            {
                return Fail("no code for the end of the block");
            }

            int left = lengths.Build(bits[..lengthCount]);
            if (left < 0 || (left > 0 && !lengths.IsAtMostOneBit))
            {
                return Fail("length code is no complete code");
            }

            left = distances.Build(bits.Slice(lengthCount, distanceCount));
            return left == 0 || (left > 0 && distances.IsAtMostOneBit) || Fail("distance code is no complete code");
        }

        private bool CodeLengths(scoped Code code, scoped Span<byte> bits)
        {
            int filled = 0;
            while (filled < bits.Length)
            {
                int symbol = Symbol(code);
                if (symbol < 0)
                {
                    return false;
                }

                if (symbol < 16)
                {
                    bits[filled++] = (byte)symbol;
                    continue;
                }

                if (symbol == 16 && filled == 0)
                {
                    return Fail("repeats a code length before the first");
                }

                byte repeated = symbol == 16 ? bits[filled - 1] : (byte)0;
                int times = symbol switch
                {
                    16 => 3 + (int)Bits(2),
                    17 => 3 + (int)Bits(3),
                    _ => 11 + (int)Bits(7),
                };
                if (times > bits.Length - filled)
                {
                    return Fail("too many code lengths");
                }

                bits.Slice(filled, times).Fill(repeated);
                filled += times;
            }

            return Error is null;
        }

        private bool Compressed(scoped Code lengths, scoped Code distances)
        {
            while (true)
            {
                int symbol = Symbol(lengths);
                if (symbol < 0)
                {
                    return false;
                }

                if (symbol == EndOfBlock)
                {
                    return true;
                }

                if (symbol < EndOfBlock)
                {
                    if (!Room(1))
                    {
                        return false;
                    }

                    _output.WriteByte((byte)symbol);
                }
                else if (!Repeat(symbol - EndOfBlock - 1, distances))
                {
                    return false;
                }
            }
        }

        private bool Repeat(int lengthSymbol, scoped Code distances)
        {
            if (lengthSymbol >= LengthBase.Length)
            {
                return Fail("length code does not exist");
            }

            int length = LengthBase[lengthSymbol] + (int)Bits(LengthExtra[lengthSymbol]);
            int symbol = Symbol(distances);
            if (symbol < 0)
            {
                return false;
            }

            if (symbol >= DistanceBase.Length)
            {
                return Fail("distance code does not exist");
            }

            int distance = DistanceBase[symbol] + (int)Bits(DistanceExtra[symbol]);
            if (Error is not null || distance > _output.Length - _start)
            {
                return Fail("repeats bytes from before the start");
            }

            if (!Room(length))
            {
                return false;
            }

            Span<byte> target = _output.Reserve(length);
            ReadOnlySpan<byte> source = _output.Written.Slice(
                _output.Length - length - distance, Math.Min(length, distance));
            for (int done = 0; done < length; done += source.Length)
            {
                source[..Math.Min(source.Length, length - done)].CopyTo(target[done..]);
            }

            return true;
        }
    }
}
