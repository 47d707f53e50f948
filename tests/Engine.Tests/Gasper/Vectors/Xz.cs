namespace Tactus.Engine.Tests.Gasper.Vectors;

/// <summary>
/// Unpacks .xz files (tukaani.org/xz/xz-file-format.txt, LZMA2 filter only), so that the tests need no program that a
/// machine may lack. Checks of the container are not verified: the vectors themselves are the check.
/// </summary>
internal static class Xz
{
    private const int StreamHeaderBytes = 12;

    public static byte[] Decode(byte[] input)
    {
        ReadOnlySpan<byte> magic = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00];
        if (!input.AsSpan().StartsWith(magic))
        {
            throw new FormatException("xz: the magic bytes are missing");
        }

        int checkBytes = (input[7] & 0x0F) switch
        {
            0 => 0,
            1 => 4,
            4 => 8,
            10 => 32,
            _ => throw new FormatException($"xz: check type {input[7]} is not supported"),
        };
        var lzma = new Lzma2(input);
        int at = StreamHeaderBytes;
        while (input[at] != 0)
        {
            int headerBytes = (input[at] + 1) * 4;
            at = lzma.DecodeBlock(at + headerBytes);
            at = ((at + 3) & ~3) + checkBytes;
        }

        return lzma.Output.ToArray();
    }
}

/// <summary>LZMA2 with the whole output as dictionary (specification: LZMA SDK, lzma-specification.txt).</summary>
internal sealed class Lzma2(byte[] input)
{
    private const int StateCount = 12;
    private const int PosStatesMax = 16;
    private const int LengthStates = 4;

    private readonly ushort[] _isMatch = new ushort[StateCount * PosStatesMax];
    private readonly ushort[] _isRep = new ushort[StateCount];
    private readonly ushort[] _isRepG0 = new ushort[StateCount];
    private readonly ushort[] _isRepG1 = new ushort[StateCount];
    private readonly ushort[] _isRepG2 = new ushort[StateCount];
    private readonly ushort[] _isRep0Long = new ushort[StateCount * PosStatesMax];
    private readonly ushort[] _posSlot = new ushort[LengthStates * 64];
    private readonly ushort[] _posSpecial = new ushort[128];
    private readonly ushort[] _posAlign = new ushort[16];
    private readonly LengthCoder _matchLength = new();
    private readonly LengthCoder _repLength = new();
    private ushort[] _literal = [];
    private byte[] _output = new byte[1 << 20];
    private int _written;
    private int _dictionaryStart;
    private int _lc, _lp, _pb;
    private int _state;
    private int _rep0, _rep1, _rep2, _rep3;
    private uint _range, _code;
    private int _at;

    public ReadOnlySpan<byte> Output => _output.AsSpan(0, _written);

    /// <summary>Decodes the LZMA2 chunks at <paramref name="at"/>; returns where they end.</summary>
    public int DecodeBlock(int at)
    {
        _at = at;
        while (true)
        {
            byte control = input[_at++];
            if (control == 0)
            {
                return _at;
            }

            if (control < 0x80)
            {
                if (control == 1)
                {
                    _dictionaryStart = _written;
                }

                int size = ReadBig16() + 1;
                Ensure(size);
                input.AsSpan(_at, size).CopyTo(_output.AsSpan(_written));
                _at += size;
                _written += size;
                continue;
            }

            DecodeLzmaChunk(control);
        }
    }

    private void DecodeLzmaChunk(byte control)
    {
        int unpacked = ((control & 0x1F) << 16) + ReadBig16() + 1;
        int packed = ReadBig16() + 1;
        int reset = control >> 5 & 3;
        if (reset == 3)
        {
            _dictionaryStart = _written;
        }

        if (reset >= 2)
        {
            int properties = input[_at++];
            _lc = properties % 9;
            _lp = properties / 9 % 5;
            _pb = properties / 45;
            _literal = new ushort[0x300 << (_lc + _lp)];
        }

        if (reset >= 1)
        {
            ResetState();
        }

        int end = _at + packed;
        Ensure(unpacked);
        _code = 0;
        _range = uint.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            _code = (_code << 8) | input[_at++];
        }

        Decode(_written + unpacked);
        _at = end;
    }

    private void ResetState()
    {
        foreach (ushort[] probabilities in (ushort[][])[
            _isMatch, _isRep, _isRepG0, _isRepG1, _isRepG2, _isRep0Long, _posSlot, _posSpecial, _posAlign, _literal])
        {
            Array.Fill(probabilities, (ushort)1024);
        }

        _matchLength.Reset();
        _repLength.Reset();
        _state = 0;
        _rep0 = _rep1 = _rep2 = _rep3 = 0;
    }

    private void Decode(int until)
    {
        while (_written < until)
        {
            int posState = (_written - _dictionaryStart) & ((1 << _pb) - 1);
            if (Bit(ref _isMatch[(_state * PosStatesMax) + posState]) == 0)
            {
                DecodeLiteral();
                continue;
            }

            int length;
            if (Bit(ref _isRep[_state]) == 0)
            {
                (_rep3, _rep2, _rep1) = (_rep2, _rep1, _rep0);
                length = DecodeLength(_matchLength, posState);
                _state = _state < 7 ? 7 : 10;
                _rep0 = DecodeDistance(length);
            }
            else if (DecodeRepeat(posState))
            {
                Append(_output[_written - _rep0 - 1]);
                continue;
            }
            else
            {
                length = DecodeLength(_repLength, posState);
                _state = _state < 7 ? 8 : 11;
            }

            if (_rep0 >= _written - _dictionaryStart)
            {
                throw new FormatException($"lzma: distance {_rep0} at byte {_written}");
            }

            for (int i = 0; i < length + 2; i++)
            {
                Append(_output[_written - _rep0 - 1]);
            }
        }
    }

    /// <summary>Chooses among the last distances; true where one byte is copied.</summary>
    private bool DecodeRepeat(int posState)
    {
        if (Bit(ref _isRepG0[_state]) == 0)
        {
            if (Bit(ref _isRep0Long[(_state * PosStatesMax) + posState]) == 0)
            {
                _state = _state < 7 ? 9 : 11;
                return true;
            }

            return false;
        }

        int distance;
        if (Bit(ref _isRepG1[_state]) == 0)
        {
            distance = _rep1;
        }
        else
        {
            if (Bit(ref _isRepG2[_state]) == 0)
            {
                distance = _rep2;
            }
            else
            {
                distance = _rep3;
                _rep3 = _rep2;
            }

            _rep2 = _rep1;
        }

        _rep1 = _rep0;
        _rep0 = distance;
        return false;
    }

    private void DecodeLiteral()
    {
        int position = _written - _dictionaryStart;
        int previous = position > 0 ? _output[_written - 1] : 0;
        int context = ((position & ((1 << _lp) - 1)) << _lc) + (previous >> (8 - _lc));
        Span<ushort> probabilities = _literal.AsSpan(0x300 * context, 0x300);
        int symbol = 1;
        if (_state >= 7)
        {
            int match = _output[_written - _rep0 - 1];
            do
            {
                int matchBit = match >> 7 & 1;
                match <<= 1;
                int bit = Bit(ref probabilities[((1 + matchBit) << 8) + symbol]);
                symbol = (symbol << 1) | bit;
                if (bit != matchBit)
                {
                    break;
                }
            }
            while (symbol < 0x100);
        }

        while (symbol < 0x100)
        {
            symbol = (symbol << 1) | Bit(ref probabilities[symbol]);
        }

        Append((byte)symbol);
        _state = _state < 4 ? 0 : _state < 10 ? _state - 3 : _state - 6;
    }

    private int DecodeLength(LengthCoder coder, int posState)
    {
        if (Bit(ref coder.Choice[0]) == 0)
        {
            return Tree(coder.Low.AsSpan(posState * 8, 8), 3);
        }

        return Bit(ref coder.Choice[1]) == 0
            ? 8 + Tree(coder.Mid.AsSpan(posState * 8, 8), 3)
            : 16 + Tree(coder.High, 8);
    }

    private int DecodeDistance(int length)
    {
        int slot = Tree(_posSlot.AsSpan(Math.Min(length, LengthStates - 1) * 64, 64), 6);
        if (slot < 4)
        {
            return slot;
        }

        int bits = (slot >> 1) - 1;
        int distance = (2 | (slot & 1)) << bits;
        if (slot < 14)
        {
            return distance + ReverseTree(_posSpecial.AsSpan(distance - slot), bits);
        }

        for (int i = bits - 1; i >= 4; i--)
        {
            _range >>= 1;
            uint isSmall = 0 - ((_code - _range) >> 31);
            _code -= _range & ~isSmall;
            distance += (int)((isSmall + 1) << i);
            Normalize();
        }

        return distance + ReverseTree(_posAlign, 4);
    }

    private int Tree(Span<ushort> probabilities, int bits)
    {
        int symbol = 1;
        for (int i = 0; i < bits; i++)
        {
            symbol = (symbol << 1) | Bit(ref probabilities[symbol]);
        }

        return symbol - (1 << bits);
    }

    private int ReverseTree(Span<ushort> probabilities, int bits)
    {
        int node = 1;
        int symbol = 0;
        for (int i = 0; i < bits; i++)
        {
            int bit = Bit(ref probabilities[node]);
            node = (node << 1) | bit;
            symbol |= bit << i;
        }

        return symbol;
    }

    private int Bit(ref ushort probability)
    {
        uint bound = (_range >> 11) * probability;
        int bit;
        if (_code < bound)
        {
            _range = bound;
            probability += (ushort)((2048 - probability) >> 5);
            bit = 0;
        }
        else
        {
            _range -= bound;
            _code -= bound;
            probability -= (ushort)(probability >> 5);
            bit = 1;
        }

        Normalize();
        return bit;
    }

    private void Normalize()
    {
        if (_range < 1 << 24)
        {
            _range <<= 8;
            _code = (_code << 8) | input[_at++];
        }
    }

    private void Append(byte value) => _output[_written++] = value;

    private int ReadBig16()
    {
        _at += 2;
        return (input[_at - 2] << 8) | input[_at - 1];
    }

    private void Ensure(int count)
    {
        if (_output.Length - _written < count)
        {
            Array.Resize(ref _output, Math.Max(_output.Length * 2, _written + count));
        }
    }

    private sealed class LengthCoder
    {
        public ushort[] Choice { get; } = new ushort[2];

        public ushort[] Low { get; } = new ushort[PosStatesMax * 8];

        public ushort[] Mid { get; } = new ushort[PosStatesMax * 8];

        public ushort[] High { get; } = new ushort[256];

        public void Reset()
        {
            Array.Fill(Choice, (ushort)1024);
            Array.Fill(Low, (ushort)1024);
            Array.Fill(Mid, (ushort)1024);
            Array.Fill(High, (ushort)1024);
        }
    }
}
