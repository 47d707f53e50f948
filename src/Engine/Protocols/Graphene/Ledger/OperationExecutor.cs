using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Protocols.Graphene.Ledger;

/// <summary>Applies operations one by one. What fails leaves writes behind; the caller takes the transaction
/// back.</summary>
internal sealed class OperationExecutor
{
    private readonly ByteWriter _ignored = new();

    /// <summary>Time of the head block: the one before the block being applied [C].</summary>
    public uint NowSec { get; set; }

    /// <summary>A witness's signing key was changed.</summary>
    public bool KeysChanged { get; set; }

    /// <summary>A transfer, of which blocks are full: nothing is allocated.</summary>
    public static Verdict Transfer(LedgerView ledger, in TransferFields transfer, ByteWriter results)
    {
        if (transfer.Check() is { } wrong)
        {
            return Fail(wrong);
        }

        if (transfer.Amount.AssetId != WellKnown.CoreAsset || transfer.Fee.AssetId != WellKnown.CoreAsset)
        {
            return Fail("only the core asset exists on this chain");
        }

        if (!ledger.TryGetAccount(transfer.From, out AccountCell from) || !ledger.TryGetAccount(transfer.To, out _))
        {
            return Fail($"account 1.2.{transfer.From} or 1.2.{transfer.To} does not exist");
        }

        // Both are at most the supply, so the sum does not overflow once each is compared.
        if (transfer.Fee.Amount > from.Balance || transfer.Amount.Amount > from.Balance - transfer.Fee.Amount)
        {
            return Fail(
                $"1.2.{transfer.From} holds {from.Balance}, the transfer takes {transfer.Amount.Amount} and a fee of "
                + $"{transfer.Fee.Amount}");
        }

        Stakes.Add(ledger, transfer.From, -transfer.Amount.Amount - transfer.Fee.Amount);
        Stakes.Add(ledger, transfer.To, transfer.Amount.Amount);
        Collect(ledger, transfer.Fee.Amount);
        OperationResult.WriteVoid(results);
        return Verdict.Ok;
    }

    public Verdict Apply(LedgerView ledger, Operation operation, ByteWriter results)
    {
        if (operation.CheckAll() is { } wrong)
        {
            return Fail(wrong);
        }

        if (operation is Transfer t)
        {
            return Transfer(ledger, new TransferFields(t.Fee, t.From, t.To, t.Amount), results);
        }

        Verdict verdict = PayFee(ledger, operation);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        return operation switch
        {
            AccountCreate o => CreateAccount(ledger, o, results),
            AccountUpdate o => UpdateAccount(ledger, o, results),
            WitnessCreate o => CreateWitness(ledger, o, results),
            WitnessUpdate o => UpdateWitness(ledger, o, results),
            DelegateCreate o => CreateDelegate(ledger, o, results),
            ProposalCreate o => CreateProposal(ledger, o, results),
            ProposalUpdate o => UpdateProposal(ledger, o, results),
            ProposalDelete o => DeleteProposal(ledger, o, results),
            UpdateGlobalParameters o => SetPending(ledger, o, results),
            _ => Fail($"operation {operation.Tag} is not executed on this chain: it has no market"),
        };
    }

    /// <summary>"After the majority of delegates have approved a proposed change, the stakeholders are granted a 2 week
    /// review period during which they may vote out delegates and nullify the proposed changes": the authority is
    /// judged when the review ends, with the delegates of that moment. Executed or not, the proposal is gone.</summary>
    public void ExpireProposals(LedgerView ledger)
    {
        while (ProposalTable.TryFirstExpired(ledger, NowSec, out uint id))
        {
            StoredProposal proposal = ProposalTable.Find(ledger, id)!;
            if (IsAuthorized(ledger, proposal))
            {
                Execute(ledger, proposal);
            }

            ProposalTable.Remove(ledger, id);
        }
    }

    /// <summary>Whether the approvals so far satisfy everything that the operations need, today.</summary>
    public static bool IsAuthorized(LedgerView ledger, StoredProposal proposal)
    {
        RequiredAuthorities required = RequiredBy(proposal.Operations);
        var check = new AuthorityCheck();
        check.Start(ledger, ledger.Parameters.AuthorityDepthMax);
        foreach (SigningKey key in proposal.Keys)
        {
            check.AddKey(key);
        }

        foreach (uint account in proposal.Active.Concat(proposal.Owner))
        {
            check.Approve(account);
        }

        return required.Keys.All(k => check.HasKey(k)) && required.Owner.All(check.Owner)
            && required.Active.All(check.Active);
    }

    private static RequiredAuthorities RequiredBy(IReadOnlyList<Operation> operations)
    {
        var required = new RequiredAuthorities();
        foreach (Operation operation in operations)
        {
            operation.Require(required);
        }

        return required;
    }

    private static Verdict Fail(string detail) => Verdict.Reject(RejectReason.ActionFailed, detail);

    private static void Collect(LedgerView ledger, long fee)
    {
        if (fee > 0)
        {
            TotalsCell totals = ledger.Totals;
            totals.CollectedFees += fee;
            ledger.Totals = totals;
        }
    }

    private static Verdict PayFee(LedgerView ledger, Operation operation)
    {
        if (!ledger.TryGetAccount(operation.FeePayer, out AccountCell payer))
        {
            return Fail($"account 1.2.{operation.FeePayer} does not exist");
        }

        if (operation.Fee.AssetId != WellKnown.CoreAsset || operation.Fee.Amount > payer.Balance)
        {
            return Fail($"1.2.{operation.FeePayer} holds {payer.Balance} and cannot pay a fee of {operation.Fee}");
        }

        if (operation.Fee.Amount > 0)
        {
            Stakes.Add(ledger, operation.FeePayer, -operation.Fee.Amount);
            Collect(ledger, operation.Fee.Amount);
        }

        return Verdict.Ok;
    }

    private static Verdict CreateAccount(LedgerView ledger, AccountCreate o, ByteWriter results)
    {
        if (ledger.TryGetNamed(o.Name, out uint holder))
        {
            return Fail($"the name '{o.Name}' belongs to 1.2.{holder}");
        }

        if (!ledger.TryGetAccount(o.Referrer, out _))
        {
            return Fail($"referrer 1.2.{o.Referrer} does not exist");
        }

        TotalsCell totals = ledger.Totals;
        uint id = totals.Accounts++;
        ledger.Totals = totals;
        Verdict verdict = CheckMembers(ledger, o.Owner, o.Active, o.Options);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        ledger.PutNamed(o.Name, id);
        ledger.PutAccount(id, new AccountCell { Proxy = WellKnown.ProxyToSelf });
        ledger.PutAuthorities(id, o.Owner, o.Active);
        Stakes.SetOpinion(ledger, id, o.Options);
        OperationResult.WriteObject(results, ObjectType.Account, id);
        return Verdict.Ok;
    }

    private static Verdict UpdateAccount(LedgerView ledger, AccountUpdate o, ByteWriter results)
    {
        if (o.Account < WellKnown.FirstUser)
        {
            return Fail($"1.2.{o.Account} is not changed by its own transactions");
        }

        Verdict verdict = CheckMembers(ledger, o.Owner, o.Active, o.Options);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        if (o.Owner is not null || o.Active is not null)
        {
            Authority owner = o.Owner ?? ledger.Authority(o.Account, owner: true);
            Authority active = o.Active ?? ledger.Authority(o.Account, owner: false);
            ledger.PutAuthorities(o.Account, owner, active);
        }

        if (o.Options is not null)
        {
            Stakes.SetOpinion(ledger, o.Account, o.Options);
        }

        OperationResult.WriteVoid(results);
        return Verdict.Ok;
    }

    private static Verdict CheckMembers(LedgerView ledger, Authority? owner, Authority? active, AccountOptions? options)
    {
        int membersMax = ledger.Parameters.AuthorityMembershipMax;
        foreach (Authority? authority in (ReadOnlySpan<Authority?>)[owner, active])
        {
            if (authority is null)
            {
                continue;
            }

            if (authority.Accounts.Count + authority.Keys.Count > membersMax)
            {
                return Fail($"an authority has more than {membersMax} members");
            }

            foreach ((uint account, _) in authority.Accounts)
            {
                if (!ledger.TryGetAccount(account, out _))
                {
                    return Fail($"1.2.{account} of an authority does not exist");
                }
            }
        }

        if (options is null)
        {
            return Verdict.Ok;
        }

        if (!ledger.TryGetAccount(options.VotingAccount, out _))
        {
            return Fail($"proxy 1.2.{options.VotingAccount} does not exist");
        }

        ChainParameters parameters = ledger.Parameters;
        if (options.WitnessCount > parameters.WitnessCountMax || options.DelegateCount > parameters.DelegateCountMax)
        {
            return Fail(
                $"{options.WitnessCount} witnesses or {options.DelegateCount} delegates are more than the chain "
                + "allows");
        }

        foreach (uint vote in options.Votes)
        {
            if (!ledger.TryGetVoted(vote, out _))
            {
                return Fail($"vote {vote >> 8}:{vote & 0xff} names nobody");
            }
        }

        return Verdict.Ok;
    }

    private static Verdict CreateWitness(LedgerView ledger, WitnessCreate o, ByteWriter results)
    {
        if (ledger.TryGetOffice(Tables.WitnessOf, o.Account, out uint has))
        {
            return Fail($"1.2.{o.Account} is witness 1.6.{has} already");
        }

        OperationResult.WriteObject(results, ObjectType.Witness, AddWitness(ledger, o.Account, o.Key, o.Url));
        return Verdict.Ok;
    }

    internal static uint AddWitness(LedgerView ledger, uint account, in SigningKey key, string url)
    {
        TotalsCell totals = ledger.Totals;
        CountersCell counters = ledger.Counters;

        // [C] Witness objects begin at 1.6.1.
        uint id = ++totals.Witnesses;
        uint vote = AccountOptions.VoteId(VoteType.Witness, counters.VoteIds++);
        ledger.Totals = totals;
        ledger.Counters = counters;
        ledger.PutWitness(id, new WitnessCell { Account = account, VoteId = vote });
        ledger.PutWitnessKey(id, key, url);
        ledger.PutOffice(Tables.WitnessOf, account, id);
        ledger.PutVoted(vote, id);
        return id;
    }

    private Verdict UpdateWitness(LedgerView ledger, WitnessUpdate o, ByteWriter results)
    {
        if (!ledger.TryGetWitness(o.Witness, out WitnessCell witness) || witness.Account != o.Account)
        {
            return Fail($"1.2.{o.Account} is not witness 1.6.{o.Witness}");
        }

        string url = o.Url ?? ledger.WitnessUrl(o.Witness);
        ledger.PutWitnessKey(o.Witness, o.Key ?? ledger.WitnessKey(o.Witness), url);
        KeysChanged |= o.Key is not null;
        OperationResult.WriteVoid(results);
        return Verdict.Ok;
    }

    private static Verdict CreateDelegate(LedgerView ledger, DelegateCreate o, ByteWriter results)
    {
        if (ledger.TryGetOffice(Tables.DelegateOf, o.Account, out uint has))
        {
            return Fail($"1.2.{o.Account} is delegate 1.5.{has} already");
        }

        OperationResult.WriteObject(results, ObjectType.Delegate, AddDelegate(ledger, o.Account));
        return Verdict.Ok;
    }

    internal static uint AddDelegate(LedgerView ledger, uint account)
    {
        TotalsCell totals = ledger.Totals;
        CountersCell counters = ledger.Counters;
        uint id = totals.Delegates++;
        uint vote = AccountOptions.VoteId(VoteType.Delegate, counters.VoteIds++);
        ledger.Totals = totals;
        ledger.Counters = counters;
        ledger.PutDelegate(id, new DelegateCell { Account = account, VoteId = vote });
        ledger.PutOffice(Tables.DelegateOf, account, id);
        ledger.PutVoted(vote, id);
        return id;
    }

    private Verdict CreateProposal(LedgerView ledger, ProposalCreate o, ByteWriter results)
    {
        ChainParameters parameters = ledger.Parameters;
        if (o.ExpirationSec <= NowSec || o.ExpirationSec - NowSec > parameters.ProposalLifetimeSecMax)
        {
            return Fail(
                $"a proposal that expires at {o.ExpirationSec} does not live between now, {NowSec}, "
                + $"and {parameters.ProposalLifetimeSecMax} s later");
        }

        if (o.ReviewSec >= o.ExpirationSec - NowSec)
        {
            return Fail("the review period is as long as the proposal lives");
        }

        RequiredAuthorities required = RequiredBy(o.Operations);
        bool byDelegates = required.Active.Contains(WellKnown.GenesisAccount)
            || required.Owner.Contains(WellKnown.GenesisAccount);
        if (byDelegates && !(o.ReviewSec >= parameters.ReviewPeriodSec))
        {
            return Fail($"what the genesis account does is reviewed for at least {parameters.ReviewPeriodSec} s");
        }

        CountersCell counters = ledger.Counters;
        uint id = counters.Proposals++;
        ledger.Counters = counters;
        var proposal = new StoredProposal
        {
            Proposer = o.Payer,
            ExpirationSec = o.ExpirationSec,
            ReviewStartSec = o.ReviewSec is { } review ? o.ExpirationSec - review : null,
            Operations = o.Operations,
        };
        if (!ProposalTable.TryAdd(ledger, id, proposal))
        {
            return Fail($"{ProposalTable.ProposalsMax} proposals are undecided");
        }

        OperationResult.WriteObject(results, ObjectType.Proposal, id);
        return Verdict.Ok;
    }

    private Verdict UpdateProposal(LedgerView ledger, ProposalUpdate o, ByteWriter results)
    {
        if (ProposalTable.Find(ledger, o.Proposal) is not { } proposal)
        {
            return Fail($"proposal 1.10.{o.Proposal} does not exist");
        }

        // Stakeholders and delegates may still take approval back during the review, but no longer give it.
        if (o.Adds && NowSec >= proposal.ReviewStartSec)
        {
            return Fail(
                $"proposal 1.10.{o.Proposal} is under review since {proposal.ReviewStartSec}: "
                + "approvals can only be taken back");
        }

        bool fits = o.ActiveAdd.All(proposal.Active.Add) & o.ActiveRemove.All(proposal.Active.Remove)
            & o.OwnerAdd.All(proposal.Owner.Add) & o.OwnerRemove.All(proposal.Owner.Remove)
            & o.KeyAdd.All(proposal.Keys.Add) & o.KeyRemove.All(proposal.Keys.Remove);
        if (!fits)
        {
            return Fail("an approval is given twice, or one that was not given is taken back");
        }

        ProposalTable.Put(ledger, o.Proposal, proposal);
        OperationResult.WriteVoid(results);

        // [C] A proposal with a review period never executes early.
        if (proposal.ReviewStartSec is null && IsAuthorized(ledger, proposal) && Execute(ledger, proposal))
        {
            ProposalTable.Remove(ledger, o.Proposal);
        }

        return Verdict.Ok;
    }

    private static Verdict DeleteProposal(LedgerView ledger, ProposalDelete o, ByteWriter results)
    {
        if (ProposalTable.Find(ledger, o.Proposal) is not { } proposal)
        {
            return Fail($"proposal 1.10.{o.Proposal} does not exist");
        }

        RequiredAuthorities required = RequiredBy(proposal.Operations);
        if (!(o.UsingOwner ? required.Owner : required.Active).Contains(o.Payer))
        {
            return Fail($"1.2.{o.Payer} has no say in proposal 1.10.{o.Proposal}");
        }

        ProposalTable.Remove(ledger, o.Proposal);
        OperationResult.WriteVoid(results);
        return Verdict.Ok;
    }

    /// <summary>New parameters wait for the next maintenance.</summary>
    private static Verdict SetPending(LedgerView ledger, UpdateGlobalParameters o, ByteWriter results)
    {
        ledger.Pending = o.Parameters;
        CountersCell counters = ledger.Counters;
        counters.HasPending = 1;
        ledger.Counters = counters;
        OperationResult.WriteVoid(results);
        return Verdict.Ok;
    }

    private bool Execute(LedgerView ledger, StoredProposal proposal)
    {
        int mark = ledger.State.Mark();
        foreach (Operation operation in proposal.Operations)
        {
            _ignored.Clear();
            if (!Apply(ledger, operation, _ignored).Accepted)
            {
                ledger.State.RollbackTo(mark);
                return false;
            }
        }

        return true;
    }
}
