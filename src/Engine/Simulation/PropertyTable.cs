namespace Tactus.Engine.Simulation;

/// <summary>The promises that a run is held to.</summary>
internal enum Property
{
    FinalityMonotonic = 0,
    FinalityAgreement,
    HeadOnFinality,
    StateAgreement,
    CrashDurability,
    SingleBlockPerSlot,
    HonestBlocksValid,
    ChainGrowth,
    FinalityAdvances,
    Convergence,
    Inclusion,
    Bounded,
    HonestBlocksKept,
    FinalityUnderAttack,
}

/// <summary>Counts the checks of each property and keeps its first violation.</summary>
internal sealed class PropertyTable
{
    private static readonly (string Name, string Promise)[] Promises =
    [
        ("finality-monotonic", "on no node does finality move back, restarts included"),
        ("finality-agreement", "no two honest nodes make different blocks final at one height"),
        ("head-on-finality", "the head descends from the last final block"),
        ("state-agreement", "the same block gives the same state on every node"),
        ("crash-durability", "every committed block is there after a crash, and the node starts again"),
        ("single-block-per-slot", "an honest producer makes one block for a slot"),
        ("honest-blocks-valid", "no honest node rejects an honest block"),
        ("chain-growth", "once all is well the chain grows by the slots of the honest"),
        ("finality-advances", "once all is well finality follows the head within the protocol's bound"),
        ("convergence", "once all is well the nodes are on one chain"),
        ("inclusion", "a transaction that all nodes have is in the chain after the next honest turn"),
        ("bounded", "parked blocks, fork trees and queues stay within their limits"),
        ("honest-blocks-kept", "while an attack lasts, honest blocks stay in the chain"),
        ("finality-under-attack", "while an attack lasts, finality follows the clock within the protocol's bound"),
    ];

    private readonly long[] _checks = new long[Promises.Length];
    private readonly (string Detail, long Slot)?[] _violations = new (string, long)?[Promises.Length];
    private readonly string?[] _reasons = new string?[Promises.Length];

    /// <summary>Slot of the run, for violations.</summary>
    public long Slot { get; set; }

    public bool AnyViolated { get; private set; }

    public void Check(Property property, bool holds, Func<string> detail)
    {
        _checks[(int)property]++;
        if (!holds)
        {
            Violate(property, detail());
        }
    }

    /// <summary>Counts a check that held; the caller looked already.</summary>
    public void Count(Property property) => _checks[(int)property]++;

    public void Violate(Property property, string detail)
    {
        AnyViolated = true;
        _violations[(int)property] ??= (detail, Slot);
    }

    public void NotJudged(Property property, string why) => _reasons[(int)property] = why;

    public PropertyResult[] Results() =>
    [
        .. Promises.Select((promise, i) => new PropertyResult(
            promise.Name,
            promise.Promise,
            _violations[i] is not null ? PropertyVerdict.Violated : _checks[i] > 0 ? PropertyVerdict.Held
                : PropertyVerdict.NotJudged,
            _checks[i],
            _violations[i]?.Detail ?? (_checks[i] > 0 ? null : _reasons[i] ?? "the run gave no occasion"),
            _violations[i]?.Slot ?? -1)),
    ];
}
