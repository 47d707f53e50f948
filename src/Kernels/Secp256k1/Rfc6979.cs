using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// The candidates for the nonce of a signature that RFC 6979 section 3.2 derives from secret and digest with
/// HMAC-SHA256. The generator goes on for as long as the caller refuses what it is given. No branch or index depends on
/// the secret.
/// </summary>
internal ref struct Rfc6979
{
    private const int BlockBytes = 64;
    private const int HashBytes = 32;

    // The compression states after the padded key (RFC 2104): HMAC is then two or three blocks instead of five.
    private Words _inner;
    private Words _outer;
    private Bytes _value;

    /// <summary>Steps a to g.</summary>
    /// <param name="secret">32 bytes, from 1 to n - 1.</param>
    /// <param name="digestReduced">32 bytes, the digest mod n (bits2octets).</param>
    public Rfc6979(scoped ReadOnlySpan<byte> secret, scoped ReadOnlySpan<byte> digestReduced)
    {
        Span<byte> key = stackalloc byte[HashBytes];
        key.Clear();
        ((Span<byte>)_value).Fill(1);
        SetKey(key);

        Span<byte> message = stackalloc byte[HashBytes + 1 + HashBytes + HashBytes];
        secret.CopyTo(message[(HashBytes + 1)..]);
        digestReduced.CopyTo(message[(HashBytes + 1 + HashBytes)..]);
        for (byte round = 0; round < 2; round++)
        {
            ((Span<byte>)_value).CopyTo(message);
            message[HashBytes] = round;
            Authenticate(message, key);
            SetKey(key);
            Authenticate(_value, _value);
        }

        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(message);
    }

    /// <summary>Step h: the next candidate, 32 bytes, which the caller checks to be from 1 to n - 1.</summary>
    /// <param name="isFirst">Whether this is the first one asked for.</param>
    /// <param name="nonce">Receives the candidate.</param>
    public void Next(bool isFirst, scoped Span<byte> nonce)
    {
        if (!isFirst)
        {
            Span<byte> key = stackalloc byte[HashBytes];
            Span<byte> message = stackalloc byte[HashBytes + 1];
            ((Span<byte>)_value).CopyTo(message);
            message[HashBytes] = 0;
            Authenticate(message, key);
            SetKey(key);
            Authenticate(_value, _value);
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(message);
        }

        Authenticate(_value, _value);
        ((Span<byte>)_value).CopyTo(nonce);
    }

    /// <summary>Overwrites what the generator knows.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_value);
        ((Span<uint>)_inner).Clear();
        ((Span<uint>)_outer).Clear();
    }

    private void SetKey(scoped ReadOnlySpan<byte> key)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        block.Fill(0x36);
        for (int i = 0; i < HashBytes; i++)
        {
            block[i] ^= key[i];
        }

        Sha256Constants.InitialState.CopyTo(_inner);
        Sha256Scalar.Compress(_inner, block);
        for (int i = 0; i < BlockBytes; i++)
        {
            block[i] ^= 0x36 ^ 0x5C;
        }

        Sha256Constants.InitialState.CopyTo(_outer);
        Sha256Scalar.Compress(_outer, block);
        CryptographicOperations.ZeroMemory(block);
    }

    // HMAC with the key that was set; the message, at most 97 bytes, may be where the code goes
    private readonly void Authenticate(scoped ReadOnlySpan<byte> message, scoped Span<byte> code)
    {
        Span<byte> blocks = stackalloc byte[2 * BlockBytes];
        Span<uint> state = stackalloc uint[8];
        ((ReadOnlySpan<uint>)_inner).CopyTo(state);
        Finish(state, message, blocks);
        ToBytes(state, code);
        ((ReadOnlySpan<uint>)_outer).CopyTo(state);
        Finish(state, code[..HashBytes], blocks);
        ToBytes(state, code);
        CryptographicOperations.ZeroMemory(blocks);
        state.Clear();
    }

    // the message after one block of key, its padding and its length in bits
    private static void Finish(Span<uint> state, ReadOnlySpan<byte> message, Span<byte> blocks)
    {
        int bytes = message.Length + 9 <= BlockBytes ? BlockBytes : 2 * BlockBytes;
        blocks.Clear();
        message.CopyTo(blocks);
        blocks[message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(blocks[(bytes - 8)..], (ulong)(BlockBytes + message.Length) * 8);
        for (int at = 0; at < bytes; at += BlockBytes)
        {
            Sha256Scalar.Compress(state, blocks.Slice(at, BlockBytes));
        }
    }

    private static void ToBytes(ReadOnlySpan<uint> state, Span<byte> bytes)
    {
        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[(4 * i)..], state[i]);
        }
    }

    [InlineArray(8)]
    private struct Words
    {
        private uint _first;
    }

    [InlineArray(HashBytes)]
    private struct Bytes
    {
        private byte _first;
    }
}
