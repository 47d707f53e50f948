namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>What a product computes: the compiler makes one body for each shape.</summary>
internal interface IShape
{
    /// <summary>Both factors are the same element.</summary>
    static abstract bool IsSquare { get; }

    /// <summary>The product is multiplied by 1, 3 or 4 before it is carried.</summary>
    static abstract int Scale { get; }

    /// <summary>A wide element is added before the carry.</summary>
    static abstract bool HasAddend { get; }
}

internal readonly struct PlainProduct : IShape
{
    public static bool IsSquare => false;

    public static int Scale => 1;

    public static bool HasAddend => false;
}

internal readonly struct ProductPlus : IShape
{
    public static bool IsSquare => false;

    public static int Scale => 1;

    public static bool HasAddend => true;
}

internal readonly struct ProductBy4 : IShape
{
    public static bool IsSquare => false;

    public static int Scale => 4;

    public static bool HasAddend => false;
}

internal readonly struct PlainSquare : IShape
{
    public static bool IsSquare => true;

    public static int Scale => 1;

    public static bool HasAddend => false;
}

internal readonly struct SquarePlus : IShape
{
    public static bool IsSquare => true;

    public static int Scale => 1;

    public static bool HasAddend => true;
}

internal readonly struct SquareBy3 : IShape
{
    public static bool IsSquare => true;

    public static int Scale => 3;

    public static bool HasAddend => false;
}
