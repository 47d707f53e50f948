using System.Runtime.InteropServices;
using System.Text;

namespace Tactus.Bench;

/// <summary>
/// blst, from the shared library that TACTUS_BLST names; the same work as our kernel does, from the same bytes.
/// </summary>
internal sealed unsafe class BlstPeer
{
    // sizes of blst_p1_affine, blst_p1, blst_p2_affine: two or three coordinates of 48 or 96 bytes
    private const int KeyBytes = 96;
    private const int KeySumBytes = 144;
    private const int SignatureBytes = 192;

    private static readonly byte[] Tag = Encoding.ASCII.GetBytes("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_");

    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, int> _readKey;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, int> _readSignature;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte> _isInG2;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, byte, byte*, nuint, byte*, nuint, byte*, nuint, int> _verify;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte**, nuint, void> _addKeys;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, void> _toAffine;
    private readonly delegate* unmanaged[Cdecl]<nuint> _pairingSize;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte, byte*, nuint, void> _pairingInit;
    private readonly delegate* unmanaged[Cdecl]<
        byte*, byte*, byte, byte*, byte, byte*, nuint, byte*, nuint, byte*, nuint, int> _pairingAdd;

    private readonly delegate* unmanaged[Cdecl]<byte*, void> _pairingCommit;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, byte> _pairingVerify;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, nuint, byte*, nuint, byte*, nuint, void> _hash;

    private BlstPeer(nint library)
    {
        nint Get(string name) => NativeLibrary.GetExport(library, name);
        _readKey = (delegate* unmanaged[Cdecl]<byte*, byte*, int>)Get("blst_p1_uncompress");
        _readSignature = (delegate* unmanaged[Cdecl]<byte*, byte*, int>)Get("blst_p2_uncompress");
        _isInG2 = (delegate* unmanaged[Cdecl]<byte*, byte>)Get("blst_p2_affine_in_g2");
        _verify = (delegate* unmanaged[Cdecl]<byte*, byte*, byte, byte*, nuint, byte*, nuint, byte*, nuint, int>)
            Get("blst_core_verify_pk_in_g1");
        _addKeys = (delegate* unmanaged[Cdecl]<byte*, byte**, nuint, void>)Get("blst_p1s_add");
        _toAffine = (delegate* unmanaged[Cdecl]<byte*, byte*, void>)Get("blst_p1_to_affine");
        _pairingSize = (delegate* unmanaged[Cdecl]<nuint>)Get("blst_pairing_sizeof");
        _pairingInit = (delegate* unmanaged[Cdecl]<byte*, byte, byte*, nuint, void>)Get("blst_pairing_init");
        _pairingAdd = (delegate* unmanaged[Cdecl]<
            byte*, byte*, byte, byte*, byte, byte*, nuint, byte*, nuint, byte*, nuint, int>)
            Get("blst_pairing_chk_n_mul_n_aggr_pk_in_g1");
        _pairingCommit = (delegate* unmanaged[Cdecl]<byte*, void>)Get("blst_pairing_commit");
        _pairingVerify = (delegate* unmanaged[Cdecl]<byte*, byte*, byte>)Get("blst_pairing_finalverify");
        _hash = (delegate* unmanaged[Cdecl]<byte*, byte*, nuint, byte*, nuint, byte*, nuint, void>)Get(
            "blst_hash_to_g2");
    }

    /// <summary>The library, or null where TACTUS_BLST is unset.</summary>
    public static BlstPeer? Find()
    {
        string? path = Environment.GetEnvironmentVariable("TACTUS_BLST");
        return string.IsNullOrEmpty(path) ? null : new BlstPeer(NativeLibrary.Load(path));
    }

    /// <summary>Decompressed keys, end to end.</summary>
    public byte[] ReadKeys(IReadOnlyList<byte[]> compressed)
    {
        byte[] keys = new byte[compressed.Count * KeyBytes];
        for (int i = 0; i < compressed.Count; i++)
        {
            fixed (byte* to = &keys[i * KeyBytes], from = compressed[i])
            {
                Require(_readKey(to, from) == 0);
            }
        }

        return keys;
    }

    public void Hash(byte[] message)
    {
        byte* point = stackalloc byte[288];
        fixed (byte* text = message, tag = Tag)
        {
            _hash(point, text, (nuint)message.Length, tag, (nuint)Tag.Length, null, 0);
        }
    }

    public void Verify(byte[] key, byte[] message, byte[] signature)
    {
        byte* point = stackalloc byte[SignatureBytes];
        fixed (byte* k = key, text = message, s = signature, tag = Tag)
        {
            Require(_readSignature(point, s) == 0 && _isInG2(point) != 0
                && _verify(k, point, 1, text, (nuint)message.Length, tag, (nuint)Tag.Length, null, 0) == 0);
        }
    }

    public void FastAggregateVerify(byte[] keys, byte[] message, byte[] signature)
    {
        byte* sum = stackalloc byte[KeySumBytes];
        byte[] affine = new byte[KeyBytes];
        byte** points = stackalloc byte*[2];
        fixed (byte* k = keys, a = affine)
        {
            points[0] = k;
            points[1] = null;
            _addKeys(sum, points, (nuint)(keys.Length / KeyBytes));
            _toAffine(a, sum);
        }

        Verify(affine, message, signature);
    }

    public void VerifyBatch(byte[] keys, byte[] messages, byte[] signatures, ulong[] weights)
    {
        byte[] context = new byte[(int)_pairingSize()];
        byte* point = stackalloc byte[SignatureBytes];
        fixed (byte* c = context, k = keys, m = messages, s = signatures, tag = Tag)
        {
            fixed (ulong* w = weights)
            {
                _pairingInit(c, 1, tag, (nuint)Tag.Length);
                for (int i = 0; i < weights.Length; i++)
                {
                    Require(_readSignature(point, s + (96 * i)) == 0);
                    Require(_pairingAdd(
                        c, k + (KeyBytes * i), 0, point, 1, (byte*)(w + i), 64, m + (32 * i), 32, null, 0) == 0);
                }

                _pairingCommit(c);
                Require(_pairingVerify(c, null) != 0);
            }
        }
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("blst refuses what it should accept");
        }
    }
}
