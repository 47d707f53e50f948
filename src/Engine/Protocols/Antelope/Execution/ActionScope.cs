using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Voting;
using Tactus.Engine.State;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>What an action may see and do while it is executed: state, block, recipients to notify, inline actions to
/// run after it. One object, reused for every action.</summary>
public sealed class ActionScope
{
    /// <summary>Most accounts that one action notifies, its own included. The native actions need at most
    /// three.</summary>
    public const int RecipientsMax = 16;

    private readonly ulong[] _recipients = new ulong[RecipientsMax];
    private readonly ByteWriter _inlineBytes = new();
    private readonly List<MessageRange> _inline = [];

    public ActionScope(VotingRules rules)
    {
        Rules = rules;
    }

    public IStateView View { get; internal set; } = null!;

    public BlockContext Block { get; internal set; } = null!;

    public ChainConfig Config { get; internal set; } = null!;

    public VotingRules Rules { get; }

    /// <summary>The producers' rows; load before use, save after changes.</summary>
    public ProducerTable Producers { get; } = new();

    /// <summary>Whether accounts need stake to use NET and CPU; newaccount then starts them at zero.</summary>
    public bool EnforcesAccountLimits { get; internal set; }

    /// <summary>Time of the block in Unix microseconds: what contracts see as now.</summary>
    public long NowUs => SlotTime.ToUnixMs(Block.Slot) * 1000;

    /// <summary>Time of the block in whole Unix seconds.</summary>
    public uint NowSec => (uint)(SlotTime.ToUnixMs(Block.Slot) / 1000);

    /// <summary>The schedule that this block's header carries, or null.</summary>
    public ProducerSchedule? CarriedSchedule { get; internal set; }

    /// <summary>Set by an action that changes the chain's configuration.</summary>
    public bool ConfigChanged { get; set; }

    /// <summary>Who receives the action, in order; the contract account first.</summary>
    public ReadOnlySpan<ulong> Recipients => _recipients.AsSpan(0, RecipientCount);

    internal int InlineCount => _inline.Count;

    private int RecipientCount { get; set; }

    /// <summary>Notifies an account once, after the action and before its inline actions.</summary>
    public void RequireRecipient(ulong account)
    {
        if (!Recipients.Contains(account))
        {
            _recipients[RecipientCount++] = account;
        }
    }

    /// <summary>Queues an inline action whose arguments were written by <paramref name="data"/>.</summary>
    public void SendInline(ulong account, ulong name, ReadOnlySpan<PermissionLevel> authorization, ByteWriter data)
    {
        int start = _inlineBytes.Length;
        _inlineBytes.WriteUInt64(account);
        _inlineBytes.WriteUInt64(name);
        _inlineBytes.WriteVarUInt32((uint)authorization.Length);
        foreach (PermissionLevel level in authorization)
        {
            level.Write(_inlineBytes);
        }

        _inlineBytes.WriteBytes(data.Written);
        _inline.Add(new MessageRange(start, _inlineBytes.Length - start));
    }

    internal void BeginAction(ulong receiver)
    {
        _recipients[0] = receiver;
        RecipientCount = 1;
    }

    /// <summary>A copy of a queued action: running it may queue more and move the buffer.</summary>
    internal byte[] CopyInline(int index) =>
        _inlineBytes.Written.Slice(_inline[index].Offset, _inline[index].Length).ToArray();

    internal void TruncateInline(int count)
    {
        if (_inline.Count > count)
        {
            _inlineBytes.Truncate(_inline[count].Offset);
            _inline.RemoveRange(count, _inline.Count - count);
        }
    }
}
