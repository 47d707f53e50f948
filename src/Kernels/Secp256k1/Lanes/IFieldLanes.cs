namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>One element mod p = 2^256 - 2^32 - 977 in each lane of a vector: what the group layer asks of a
/// field.</summary>
/// <remarks>
/// Value of a lane: the sum of L[i] * 2^(52 i), i = 0..4, limbs being doubles that hold signed integers.
/// Range classes (docs/math/field-lanes.md proves every bound):
/// <list type="bullet">
/// <item>carried: |L0..L3| at most 2^51, |L4| below 2^47 + 2^7. Zero has one form, all limbs zero. Every result of
/// <c>Mul*</c>, <c>Sqr*</c>, <c>Carry</c> and <c>Load*</c> is carried.</item>
/// <item>sum: a + b, a - b or 2a of carried elements; limbs at most twice as large. No carry is needed before a product
/// whose other factor is carried.</item>
/// <item>wide: an integer combination with |limbs| at most 2^53 (exact in a double), or a power of two times such;
/// only addends of <c>MulAdd</c>/<c>SqrAdd</c> and arguments of <c>Carry</c> may be wide.</item>
/// </list>
/// Outputs may alias inputs. A reference is the address of a <see cref="Packed256"/> or <see cref="PackedPoint"/> in
/// pinned
/// memory, at a multiple of 32 or 64 bytes; bit 0 set means minus the point.
/// </remarks>
internal unsafe interface IFieldLanes<TSelf>
    where TSelf : unmanaged, IFieldLanes<TSelf>
{
    /// <summary>Whether this machine has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Lanes per vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>Mask with a bit for each lane.</summary>
    static abstract uint AllLanes { get; }

    /// <summary>r = a b. One factor may be a sum, the other is carried.</summary>
    static abstract void Mul(in TSelf a, in TSelf b, out TSelf r);

    /// <summary>r = a b + c, with c wide.</summary>
    static abstract void MulAdd(in TSelf a, in TSelf b, in TSelf c, out TSelf r);

    /// <summary>r = 4 a b.</summary>
    static abstract void MulBy4(in TSelf a, in TSelf b, out TSelf r);

    /// <summary>r = a^2 of a carried element.</summary>
    static abstract void Sqr(in TSelf a, out TSelf r);

    /// <summary>r = a^2 + c, with c wide.</summary>
    static abstract void SqrAdd(in TSelf a, in TSelf c, out TSelf r);

    /// <summary>r = 3 a^2.</summary>
    static abstract void SqrBy3(in TSelf a, out TSelf r);

    /// <summary>r[i] = a[i] b[i] for two neighbours, which an implementation may do side by side. r may be a or b.</summary>
    static virtual void MulTwo(TSelf* a, TSelf* b, TSelf* r)
    {
        TSelf.Mul(in a[0], in b[0], out r[0]);
        TSelf.Mul(in a[1], in b[1], out r[1]);
    }

    /// <summary>r[i] = a[i] b[i] + c[i] for two neighbours.</summary>
    static virtual void MulAddTwo(TSelf* a, TSelf* b, TSelf* c, TSelf* r)
    {
        TSelf.MulAdd(in a[0], in b[0], in c[0], out r[0]);
        TSelf.MulAdd(in a[1], in b[1], in c[1], out r[1]);
    }

    /// <summary>r[i] = a[i]^2 + c[i] for two neighbours.</summary>
    static virtual void SqrAddTwo(TSelf* a, TSelf* c, TSelf* r)
    {
        TSelf.SqrAdd(in a[0], in c[0], out r[0]);
        TSelf.SqrAdd(in a[1], in c[1], out r[1]);
    }

    /// <summary>r[i] = a[i]^2 for four neighbours.</summary>
    static virtual void SqrFour(TSelf* a, TSelf* r)
    {
        for (int i = 0; i < 4; i++)
        {
            TSelf.Sqr(in a[i], out r[i]);
        }
    }

    /// <summary>r = a + b without carry.</summary>
    static abstract void Add(in TSelf a, in TSelf b, out TSelf r);

    /// <summary>r = a - b without carry.</summary>
    static abstract void Sub(in TSelf a, in TSelf b, out TSelf r);

    /// <summary>r = k a without carry, for a small integer k.</summary>
    static abstract void Scale(in TSelf a, double k, out TSelf r);

    /// <summary>r = a, carried, for a wide a with |limbs| at most 2^53 - 2^38: what is carried into a limb must not take it
    /// beyond 2^53.</summary>
    static abstract void Carry(in TSelf a, out TSelf r);

    /// <summary>Lanes in which a carried element is zero mod p.</summary>
    static abstract uint IsZero(in TSelf a);

    /// <summary>r = mask bit set ? a : b in each lane.</summary>
    static abstract void Select(uint mask, in TSelf a, in TSelf b, out TSelf r);

    /// <summary>r = mask bit set ? -a : a in each lane.</summary>
    static abstract void NegateIf(uint mask, in TSelf a, out TSelf r);

    /// <summary>The same element in all lanes.</summary>
    static abstract void Broadcast(in Packed256 value, out TSelf r);

    /// <summary>Reads the element that each reference names, one in each lane; bit 0 of a reference is not looked
    /// at.</summary>
    static abstract void Load(ulong* references, out TSelf r);

    /// <summary>Writes each lane where its reference points. The element is a result of Mul*, Sqr* or Load.</summary>
    static abstract void Store(in TSelf a, ulong* references);

    /// <summary>Reads the point that each reference names, negated where bit 0 is set, one in each lane.</summary>
    static abstract void LoadPoint(ulong* references, out TSelf x, out TSelf y);

    /// <summary>Writes each lane's point where its reference points; coordinates as in <c>Store</c>.</summary>
    static abstract void StorePoint(in TSelf x, in TSelf y, ulong* references);
}
