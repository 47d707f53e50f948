using System.Runtime.InteropServices;

namespace Tactus.Engine.Storage;

/// <summary>A disk in memory that can crash: at a chosen operation, losing what was not flushed in one of the ways of
/// <see cref="CrashLoss"/>. Everything that follows from one seed is the same in every run.</summary>
public sealed class SimulatedDisk : IDisk
{
    private const int SectorBytes = 512;

    private readonly Dictionary<string, Node> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _durableNames = new(StringComparer.Ordinal);
    private readonly List<NameChange> _pendingNames = [];
    private long _crashAt = long.MaxValue;
    private bool _crashed;

    /// <summary>Operations so far that change something: append, flush, truncate, create, rename, delete, flush
    /// folder.</summary>
    public long Operations { get; private set; }

    /// <summary>Crashes at the n-th changing operation from now (1 = the next). An append that crashes may be partly
    /// done.</summary>
    public void CrashAfter(long operations) => _crashAt = Operations + operations;

    /// <summary>Takes a planned crash back.</summary>
    public void CrashNever() => _crashAt = long.MaxValue;

    /// <summary>The disk as found after power came back. Open files of the old one are dead.</summary>
    public SimulatedDisk Restart(CrashLoss loss, int seed)
    {
        _crashed = true;
        var random = new Random(seed);
        Dictionary<string, Node> names = new(_durableNames, StringComparer.Ordinal);
        int prefix = loss switch
        {
            CrashLoss.Everything => 0,
            CrashLoss.Nothing => _pendingNames.Count,
            _ => random.Next(_pendingNames.Count + 1),
        };
        for (int i = 0; i < _pendingNames.Count; i++)
        {
            // File systems order their own journal, but not all do: the scattered loss takes any subset.
            if (loss == CrashLoss.Scattered ? random.Next(2) == 0 : i < prefix)
            {
                _pendingNames[i].ApplyTo(names);
            }
        }

        var disk = new SimulatedDisk();
        Dictionary<Node, Node> survivors = [];
        foreach ((string name, Node node) in names.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!survivors.TryGetValue(node, out Node? survivor))
            {
                survivor = node.Survive(loss, random);
                survivors.Add(node, survivor);
            }

            disk._names.Add(name, survivor);
            disk._durableNames.Add(name, survivor);
        }

        return disk;
    }

    public IFile Open(string name)
    {
        CheckAlive();
        if (!_names.TryGetValue(name, out Node? node))
        {
            Step();
            node = new Node();
            _names.Add(name, node);
            _pendingNames.Add(new NameChange(name, node, null));
        }

        return new OpenFile(this, node);
    }

    public bool Exists(string name)
    {
        CheckAlive();
        return _names.ContainsKey(name);
    }

    public void Rename(string from, string to)
    {
        Step();
        if (!_names.Remove(from, out Node? node))
        {
            throw new FileNotFoundException($"no file {from}");
        }

        _names[to] = node;
        _pendingNames.Add(new NameChange(to, node, from));
    }

    public void Delete(string name)
    {
        Step();
        if (_names.Remove(name))
        {
            _pendingNames.Add(new NameChange(name, null, null));
        }
    }

    public IReadOnlyList<string> List()
    {
        CheckAlive();
        return [.. _names.Keys.Order(StringComparer.Ordinal)];
    }

    public void FlushFolder()
    {
        Step();
        _durableNames.Clear();
        foreach ((string name, Node node) in _names)
        {
            _durableNames.Add(name, node);
        }

        _pendingNames.Clear();
    }

    /// <summary>Content of a file, for tests that damage it.</summary>
    public byte[] Read(string name) => [.. _names[name].Content];

    /// <summary>Replaces a file durably, for tests that damage it.</summary>
    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        var node = new Node();
        node.Content.AddRange(content);
        node.Flush();
        _names[name] = node;
        _durableNames[name] = node;
    }

    private void CheckAlive()
    {
        if (_crashed)
        {
            throw new DiskCrashException("the simulated disk has crashed");
        }
    }

    private void Step(Action? partly = null)
    {
        CheckAlive();
        if (++Operations >= _crashAt)
        {
            partly?.Invoke();
            _crashed = true;
            throw new DiskCrashException($"the simulated disk crashes at operation {Operations}");
        }
    }

    private readonly record struct NameChange(string Name, Node? Node, string? From)
    {
        public void ApplyTo(Dictionary<string, Node> names)
        {
            if (Node is null)
            {
                names.Remove(Name);
                return;
            }

            if (From is not null)
            {
                names.Remove(From);
            }

            names[Name] = Node;
        }
    }

    /// <summary>A file: what programs see, what is durable, and the writes and cuts in between, in order.</summary>
    private sealed class Node
    {
        private readonly List<(long Offset, byte[]? Bytes)> _pending = [];

        // What is durable is a prefix of the content until a cut goes below it: then it is kept apart up to the next
        // flush.
        private int _durableLength;
        private byte[]? _durableApart;

        public List<byte> Content { get; } = [];

        public void Append(ReadOnlySpan<byte> bytes)
        {
            _pending.Add((Content.Count, bytes.ToArray()));
            Content.AddRange(bytes);
        }

        public void Truncate(long length)
        {
            if (length < _durableLength)
            {
                _durableApart ??= [.. CollectionsMarshal.AsSpan(Content)[.._durableLength]];
            }

            Content.RemoveRange((int)length, Content.Count - (int)length);
            _pending.Add((length, null));
        }

        public void Flush()
        {
            _durableLength = Content.Count;
            _durableApart = null;
            _pending.Clear();
        }

        public Node Survive(CrashLoss loss, Random random)
        {
            List<byte> content = [.. _durableApart ?? CollectionsMarshal.AsSpan(Content)[.._durableLength]];
            int whole = loss switch
            {
                CrashLoss.Everything => 0,
                CrashLoss.Nothing => _pending.Count,
                _ => random.Next(_pending.Count + 1),
            };
            for (int i = 0; i < _pending.Count; i++)
            {
                (long offset, byte[]? bytes) = _pending[i];
                if (loss == CrashLoss.Scattered)
                {
                    Scatter(content, offset, bytes, random);
                }
                else if (i < whole)
                {
                    Write(content, offset, bytes, 0, bytes?.Length ?? 0);
                }
                else if (i == whole && loss == CrashLoss.Torn && bytes is not null)
                {
                    Write(content, offset, bytes, 0, random.Next(bytes.Length + 1));
                }
            }

            var node = new Node();
            node.Content.AddRange(content);
            node.Flush();
            return node;
        }

        // Sectors reach the platter in any order, so the length may grow over bytes that never did: those read as zero.
        private static void Scatter(List<byte> content, long offset, byte[]? bytes, Random random)
        {
            if (bytes is null)
            {
                if (random.Next(2) == 0)
                {
                    Write(content, offset, null, 0, 0);
                }

                return;
            }

            for (int at = 0; at < bytes.Length;)
            {
                int end = (int)Math.Min(bytes.Length, (((offset + at) / SectorBytes) + 1) * SectorBytes - offset);
                if (random.Next(2) == 0)
                {
                    Write(content, offset, bytes, at, end);
                }

                at = end;
            }
        }

        private static void Write(List<byte> content, long offset, byte[]? bytes, int from, int to)
        {
            if (bytes is null)
            {
                if (content.Count > offset)
                {
                    content.RemoveRange((int)offset, content.Count - (int)offset);
                }

                return;
            }

            while (content.Count < offset + to)
            {
                content.Add(0);
            }

            for (int i = from; i < to; i++)
            {
                content[(int)offset + i] = bytes[i];
            }
        }
    }

    private sealed class OpenFile(SimulatedDisk disk, Node node) : IFile
    {
        public long Length
        {
            get
            {
                disk.CheckAlive();
                return node.Content.Count;
            }
        }

        public int ReadAt(long offset, Span<byte> destination)
        {
            disk.CheckAlive();
            int count = (int)Math.Clamp(node.Content.Count - offset, 0, destination.Length);
            if (count > 0)
            {
                CollectionsMarshal.AsSpan(node.Content).Slice((int)offset, count).CopyTo(destination);
            }

            return count;
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();

            // A crash inside the write: it is pending, and the loss decides how much of it is found.
            disk.Step(() => node.Append(copy));
            node.Append(copy);
        }

        public void Flush()
        {
            disk.Step();
            node.Flush();
        }

        public void Truncate(long length)
        {
            disk.Step();
            node.Truncate(length);
        }

        public void Dispose()
        {
            // Closing flushes nothing.
        }
    }
}

/// <summary>What a crash of a <see cref="SimulatedDisk"/> takes of the unflushed writes.</summary>
public enum CrashLoss
{
    /// <summary>All of them: only what was flushed is found.</summary>
    Everything = 0,

    /// <summary>None of them: what a killed process leaves to a living kernel.</summary>
    Nothing = 1,

    /// <summary>All but a prefix, whose last write is torn at some byte.</summary>
    Torn = 2,

    /// <summary>Any sectors of any of them; holes read as zero.</summary>
    Scattered = 3,
}

/// <summary>The simulated power failure.</summary>
public sealed class DiskCrashException : IOException
{
    public DiskCrashException()
    {
    }

    public DiskCrashException(string message)
        : base(message)
    {
    }

    public DiskCrashException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
