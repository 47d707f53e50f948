using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.State;
using Tactus.Engine.Storage;

namespace Tactus.Engine.Tests.State;

/// <summary>A chain's life from a seed: blocks, switches of branch, finality, checkpoints. Remembers what the log must hold
/// before and after each step and the state hash of every block, to check a restart against.</summary>
/// <param name="seed">Seed of the whole life.</param>
/// <param name="straight">A run without a crash, which knows the state hash of every block.</param>
internal sealed class ChainScript(int seed, ChainScript? straight = null)
{
    private const int Keys = 120;
    private const int Steps = 45;

    private static readonly ChainPoint Genesis = new(1, new Hash256([0x67]));

    private readonly Dictionary<Hash256, Hash256> _stateHashes = straight?._stateHashes ?? [];
    private readonly List<List<ChainPoint>> _history = [[]];
    private List<ChainPoint>? _inFlight;
    private int _durable;

    /// <summary>Opens the store to run on.</summary>
    public Func<IDisk, (IStateCheckpoints Checkpoints, IDisposable Store)> OpenCheckpoints { get; init; } = disk =>
    {
        var store = new MemoryStateStore();
        return (new MemoryCheckpoints(store, disk), store);
    };

    public ChainStore Open(IDisk disk, int flushEveryBlocks, out IDisposable store)
    {
        (IStateCheckpoints checkpoints, store) = OpenCheckpoints(disk);
        return ChainStore.Open(disk, checkpoints, new BlockLogOptions { FlushEveryBlocks = flushEveryBlocks });
    }

    /// <summary>Plays the script. Returns the disk operations; a crash leaves the step in flight noted.</summary>
    public long Run(IDisk disk, int flushEveryBlocks)
    {
        var random = new Random(seed);
        using ChainStore chain = Open(disk, flushEveryBlocks, out IDisposable store);
        using IDisposable closed = store;
        using var view = new BlockView(chain.State);
        ApplyGenesis(chain, view);
        for (int step = 0; step < Steps; step++)
        {
            ChainPoint head = chain.Head!.Value;
            switch (random.Next(12))
            {
                case 0 or 1:
                    chain.FinishCheckpoint();
                    Assert.True(chain.BeginCheckpoint(head.Id.Bytes));
                    _durable = _history.Count - 1;
                    break;
                case 2:
                    ulong depth = head.Number - chain.Irreversible;
                    if (depth > 1)
                    {
                        chain.SetIrreversible(chain.Irreversible + (ulong)random.Next(1, (int)depth));
                    }

                    break;
                case 3:
                    ulong back = (ulong)random.Next((int)Math.Min(6, head.Number - chain.Irreversible + 1));
                    chain.Unwind(head.Number - back);
                    Assert.Equal(_stateHashes[chain.Head!.Value.Id], chain.State.ComputeStateHash());
                    break;
                default:
                    Commit(chain, view, head, (byte)random.Next(3), flushEveryBlocks == 1);
                    break;
            }
        }

        chain.FinishCheckpoint();
        return disk is SimulatedDisk simulated ? simulated.Operations : 0;
    }

    /// <summary>Opens what the crash left, applies the log's blocks again and compares with what was committed.</summary>
    public void CheckRestart(IDisk disk, string where, bool mayLoseUnflushed)
    {
        using ChainStore chain = Open(disk, 1, out IDisposable store);
        using IDisposable closed = store;
        using var view = new BlockView(chain.State);
        List<ChainPoint> found = ReadLog(chain);
        int last = _history.Count - 1;
        bool expected = found.SequenceEqual(_history[last]) || (_inFlight is not null && found.SequenceEqual(_inFlight));
        for (int i = _durable; mayLoseUnflushed && !expected && i < last; i++)
        {
            expected = found.SequenceEqual(_history[i]);
        }

        Assert.True(expected, $"{where}: the log holds {found.Count} blocks up to {chain.Log.HeadId}");
        if (chain.Head is null)
        {
            ApplyGenesis(chain, view);
        }
        else
        {
            Assert.Equal(_stateHashes[chain.Head.Value.Id], chain.State.ComputeStateHash());
            Assert.Equal(chain.RestoredAt!.Value.Id.ToArray(), chain.Attachment);
        }

        long logBytes = chain.Log.LengthBytes;
        while (chain.BlocksToReapply > 0)
        {
            ChainPoint next = found[(int)(chain.Head!.Value.Number - Genesis.Number)];
            byte[] block = [];
            Assert.True(chain.Log.TryRead(next.Number, ref block, out int length, out _));
            Assert.Equal(BlockBytes(next), block[..length]);
            ApplyBlock(view, next.Id);
            chain.Commit(next, block.AsSpan(0, length), view);
            Assert.Equal(_stateHashes[next.Id], chain.State.ComputeStateHash());
        }

        Assert.Equal(logBytes, chain.Log.LengthBytes);
        Assert.Equal(found.Count == 0 ? Genesis : found[^1], chain.Head);

        // Every block above finality can still be taken back, exactly.
        for (ulong to = chain.Head!.Value.Number; to > chain.Irreversible;)
        {
            chain.Unwind(--to);
            Assert.Equal(_stateHashes[chain.Head!.Value.Id], chain.State.ComputeStateHash());
        }
    }

    private static List<ChainPoint> ReadLog(ChainStore chain)
    {
        var points = new List<ChainPoint>();
        for (ulong n = Genesis.Number + 1; chain.Log.TryReadId(n, out Hash256 id); n++)
        {
            points.Add(new ChainPoint(n, id));
        }

        return points;
    }

    private static byte[] BlockBytes(in ChainPoint block)
    {
        // Some blocks are larger than what the log joins to one write.
        byte[] bytes = new byte[block.Id.Bytes[0] < 8 ? 70_000 : 20 + block.Id.Bytes[1]];
        new Random((int)block.Id.Prefix64).NextBytes(bytes);
        return bytes;
    }

    private static void ApplyBlock(BlockView view, in Hash256 id)
    {
        var random = new Random((int)(id.Prefix64 >> 32));
        for (int i = 0; i < 30; i++)
        {
            StateKey key = StateModel.RandomKey(random, Keys);
            switch (random.Next(6))
            {
                case 0:
                    view.Remove(key);
                    break;
                case 1:
                    view.PutBlob(key, new byte[random.Next(40)]);
                    break;
                case 2:
                    view.RemoveBlob(key);
                    break;
                default:
                    view.Put(key, StateModel.RandomCell(random));
                    break;
            }
        }
    }

    private void ApplyGenesis(ChainStore chain, BlockView view)
    {
        for (int i = 0; i < Keys; i += 2)
        {
            view.Put(StateKey.Of(0, (ulong)i), StateCell.Of((long)i));
        }

        chain.CommitGenesis(Genesis, view);
        Remember(Genesis, chain);
    }

    private void Remember(in ChainPoint block, ChainStore chain)
    {
        Hash256 hash = chain.State.ComputeStateHash();
        if (!_stateHashes.TryAdd(block.Id, hash))
        {
            Assert.Equal(_stateHashes[block.Id], hash);
        }
    }

    private void Commit(ChainStore chain, BlockView view, in ChainPoint parent, byte salt, bool durable)
    {
        var block = new ChainPoint(parent.Number + 1, new Hash256(SHA256.HashData([.. parent.Id.Bytes, salt])));
        List<ChainPoint> log = _history[^1];
        int at = (int)(block.Number - Genesis.Number - 1);
        List<ChainPoint> next = at < log.Count && log[at] == block ? log : [.. log.Take(at), block];
        _inFlight = next;
        ApplyBlock(view, block.Id);
        chain.Commit(block, BlockBytes(block), view);
        Remember(block, chain);
        _history.Add(next);
        _durable = durable ? _history.Count - 1 : _durable;
        _inFlight = null;
    }
}
