using Tactus.Engine.State;

namespace Tactus.Engine.Tests.State;

/// <summary>The state as two dictionaries, for comparison, and the random operations that the tests run on both.</summary>
internal sealed class StateModel
{
    public Dictionary<StateKey, StateCell> Cells { get; private set; } = [];

    public Dictionary<StateKey, byte[]> Blobs { get; private set; } = [];

    public StateModel Clone() => new() { Cells = new(Cells), Blobs = new(Blobs) };

    /// <summary>Keys from a small set, so that operations meet; some differ in one bit only.</summary>
    public static StateKey RandomKey(Random random, int keys)
    {
        int i = random.Next(keys);
        return StateKey.Of((byte)(i & 3), (ulong)(i >> 2), (ulong)(i & 1) << 55);
    }

    public static StateCell RandomCell(Random random)
    {
        StateCell cell = default;
        if (random.Next(8) != 0)
        {
            random.NextBytes(StateCell.BytesOf(ref cell));
        }

        return cell;
    }

    public static byte[] RandomBlob(Random random)
    {
        byte[] bytes = new byte[random.Next(16) == 0 ? random.Next(20_000) : random.Next(100)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>One random operation on the view and on the model; reads are compared.</summary>
    public void Step(Random random, IStateView view, int keys)
    {
        StateKey key = RandomKey(random, keys);
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                StateCell cell = RandomCell(random);
                view.Put(key, cell);
                Cells[key] = cell;
                break;
            case 3:
                view.Remove(key);
                Cells.Remove(key);
                break;
            case 4:
                byte[] bytes = RandomBlob(random);
                view.PutBlob(key, bytes);
                Blobs[key] = bytes;
                break;
            case 5:
                view.RemoveBlob(key);
                Blobs.Remove(key);
                break;
            default:
                Compare(view, key);
                break;
        }
    }

    public void Compare(IStateView view, in StateKey key)
    {
        bool present = view.TryGet(key, out StateCell cell);
        Assert.Equal(Cells.TryGetValue(key, out StateCell expected), present);
        Assert.Equal(expected, cell);
        present = view.TryGetBlob(key, out ReadOnlySpan<byte> bytes);
        Assert.Equal(Blobs.TryGetValue(key, out byte[]? expectedBytes), present);
        Assert.True(bytes.SequenceEqual(expectedBytes));
    }

    public void CompareAll(IStateStore store, int keys)
    {
        Assert.Equal(Cells.Count, store.CellCount);
        Assert.Equal(Blobs.Count, store.BlobCount);
        using var view = new BlockView(store);
        for (int i = 0; i < keys; i++)
        {
            Compare(view, StateKey.Of((byte)(i & 3), (ulong)(i >> 2), (ulong)(i & 1) << 55));
        }
    }
}
