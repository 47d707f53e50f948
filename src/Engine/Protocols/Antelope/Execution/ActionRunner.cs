using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Runs actions in the order of nodeos: an action, receipts for it and everyone it notifies, then its inline
/// actions, each in the same way (leap v5.0.3 apply_context.cpp exec).</summary>
internal sealed class ActionRunner(ActionScope scope, ActionReceipts receipts)
{
    /// <summary>Most actors of one action whose sequences fit on the stack; more take an array.</summary>
    private const int ActorsOnStack = 32;

    private ulong _globalSequence;
    private (uint Code, uint Abi) _tokenCode;
    private (uint Code, uint Abi) _systemCode;

    /// <summary>Actions of the last transaction, inline ones included.</summary>
    public int ActionsRun { get; private set; }

    public void Begin()
    {
        _globalSequence = ChainState.ReadGlobalSequence(scope.View);
        _tokenCode = ChainState.ReadCodeSequences(scope.View, WellKnown.Token.Value);
        _systemCode = ChainState.ReadCodeSequences(scope.View, WellKnown.System.Value);
    }

    /// <summary>Code and ABI sequences of the token contract.</summary>
    public (uint Code, uint Abi) TokenCode => _tokenCode;

    /// <summary>Takes a run of global sequences.</summary>
    /// <returns>The last one taken before.</returns>
    public ulong TakeGlobalSequences(ulong count)
    {
        ulong last = _globalSequence;
        _globalSequence += count;
        return last;
    }

    public void End() => ChainState.WriteGlobalSequence(scope.View, _globalSequence);

    public Counters Save() => new(_globalSequence);

    public void Restore(in Counters counters) => _globalSequence = counters.GlobalSequence;

    /// <summary>Runs a transaction: context-free actions first.</summary>
    /// <returns>Null, or why an action failed.</returns>
    public string? Run(in TransactionBody body)
    {
        ActionsRun = 0;
        ByteReader reader = body.ReadContextFreeActions();
        for (int i = 0; i < body.ContextFreeCount; i++)
        {
            ActionFrame action = ActionFrame.Read(ref reader);
            if (HasNativeCode(action.Account))
            {
                return $"{new Name(action.Account)}::{new Name(action.Name)} cannot run context-free";
            }

            if (Run(in action, 0) is { } error)
            {
                return error;
            }
        }

        reader = body.ReadActions();
        for (int i = 0; i < body.ActionCount; i++)
        {
            ActionFrame action = ActionFrame.Read(ref reader);
            if (action.Account == WellKnown.System.Value && action.Name == WellKnown.OnBlock.Value)
            {
                return "onblock runs once per block, implicitly";
            }

            if (Run(in action, 0) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    public string? RunImplicit(in ActionFrame action)
    {
        ActionsRun = 0;
        return Run(in action, 0);
    }

    /// <summary>Counts and receipts of a transfer by one actor, who is not the token account, to another account, which
    /// is not either: what <see cref="Run(in TransactionBody)"/> does after the balances have moved.</summary>
    public void AddTransferReceipts(
        in ActionFrame action, in PlainTransfer transfer, ref AccountRecord token, ref AccountRecord from,
        ref AccountRecord to)
    {
        ActionsRun = 1;
        receipts.AddAction(in action);
        ulong sequence = from.AuthorizationSequence;
        AddTransferReceipt(action.Account, ref token, transfer.From, sequence + 1);
        AddTransferReceipt(transfer.From, ref from, transfer.From, sequence + 2);
        AddTransferReceipt(transfer.To, ref to, transfer.From, sequence + 3);
        from.AuthorizationSequence = sequence + 3;
    }

    private void AddTransferReceipt(ulong receiver, ref AccountRecord record, ulong actor, ulong authSequence)
    {
        ulong recvSequence = record.ReceiveSequence + 1;
        record.ReceiveSequence = recvSequence;
        receipts.AddReceipt(
            receiver,
            ++_globalSequence,
            recvSequence,
            new ReadOnlySpan<ulong>(in actor),
            new ReadOnlySpan<ulong>(in authSequence),
            _tokenCode.Code,
            _tokenCode.Abi);
    }

    private static bool HasNativeCode(ulong account) =>
        account == WellKnown.System.Value || account == WellKnown.Token.Value;

    private string? Run(in ActionFrame action, int depth)
    {
        int inlineStart = scope.InlineCount;
        scope.BeginAction(action.Account);

        // An account without code accepts any action and does nothing, which still leaves a receipt.
        string? error = action.Account == WellKnown.Token.Value ? TokenActions.Run(scope, in action)
            : action.Account == WellKnown.System.Value ? SystemActions.Run(scope, in action)
            : null;
        if (error is null)
        {
            ActionsRun++;
            error = AddReceipts(in action) ?? RunInline(inlineStart, depth);
        }

        scope.TruncateInline(inlineStart);
        return error;
    }

    private string? RunInline(int inlineStart, int depth)
    {
        int inlineEnd = scope.InlineCount;
        for (int i = inlineStart; i < inlineEnd; i++)
        {
            if (depth >= scope.Config.MaxInlineActionDepth)
            {
                return $"max inline action depth {scope.Config.MaxInlineActionDepth} reached";
            }

            var reader = new ByteReader(scope.CopyInline(i));
            ActionFrame action = ActionFrame.Read(ref reader);
            if (Run(in action, depth + 1) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    // Light validation does not look at accounts before, so a missing one is found here.
    private string? AddReceipts(in ActionFrame action)
    {
        receipts.AddAction(in action);
        (uint code, uint abi) = action.Account == WellKnown.Token.Value ? _tokenCode
            : action.Account == WellKnown.System.Value ? _systemCode
            : CodeOf(action.Account);

        int count = action.AuthorizationCount;
        Span<ulong> actors = count <= ActorsOnStack ? stackalloc ulong[ActorsOnStack] : new ulong[count];
        Span<ulong> sequences = count <= ActorsOnStack ? stackalloc ulong[ActorsOnStack] : new ulong[count];
        Span<int> uses = count <= ActorsOnStack ? stackalloc int[ActorsOnStack] : new int[count];
        if (!TryReadActors(in action, actors, sequences, uses, out int actorCount))
        {
            return "an authorizing account does not exist";
        }

        actors = actors[..actorCount];
        sequences = sequences[..actorCount];

        foreach (ulong receiver in scope.Recipients)
        {
            if (!TryNextReceiveSequence(receiver, out ulong recvSequence))
            {
                return $"receiver {new Name(receiver)} does not exist";
            }

            for (int i = 0; i < actorCount; i++)
            {
                sequences[i] += (uint)uses[i];
            }

            receipts.AddReceipt(receiver, ++_globalSequence, recvSequence, actors, sequences, code, abi);
        }

        for (int i = 0; i < actorCount; i++)
        {
            StateKey key = AccountCells.KeyOf(actors[i]);
            scope.View.TryGet(in key, out StateCell cell);
            AccountRecord.Of(ref cell).AuthorizationSequence = sequences[i];
            scope.View.Put(in key, in cell);
        }

        return null;
    }

    // The authorizing accounts ascending, each once, with the sequence it has and how often one receipt advances it: an
    // account that authorizes with two permissions advances by two.
    private bool TryReadActors(
        in ActionFrame action, Span<ulong> actors, Span<ulong> sequences, Span<int> uses, out int count)
    {
        count = 0;
        for (int a = 0; a < action.AuthorizationCount; a++)
        {
            ulong actor = action.ActorAt(a);
            int at = 0;
            while (at < count && actors[at] < actor)
            {
                at++;
            }

            if (at < count && actors[at] == actor)
            {
                uses[at]++;
                continue;
            }

            for (int i = count; i > at; i--)
            {
                (actors[i], uses[i]) = (actors[i - 1], uses[i - 1]);
            }

            (actors[at], uses[at]) = (actor, 1);
            count++;
        }

        for (int i = 0; i < count; i++)
        {
            if (!scope.View.TryGet(AccountCells.KeyOf(actors[i]), out StateCell cell))
            {
                return false;
            }

            sequences[i] = AccountRecord.Of(ref cell).AuthorizationSequence;
        }

        return true;
    }

    private bool TryNextReceiveSequence(ulong receiver, out ulong sequence)
    {
        StateKey key = AccountCells.KeyOf(receiver);
        bool exists = scope.View.TryGet(in key, out StateCell cell);
        ref AccountRecord record = ref AccountRecord.Of(ref cell);
        sequence = record.ReceiveSequence + 1;
        if (exists)
        {
            record.ReceiveSequence = sequence;
            scope.View.Put(in key, in cell);
        }

        return exists;
    }

    private (uint Code, uint Abi) CodeOf(ulong account)
    {
        scope.View.TryGet(AccountCells.KeyOf(account), out StateCell cell);
        return AccountRecord.Of(ref cell).HasCode ? ChainState.ReadCodeSequences(scope.View, account) : default;
    }

    internal readonly record struct Counters(ulong GlobalSequence);
}
