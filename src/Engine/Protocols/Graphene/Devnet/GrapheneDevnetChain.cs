using System.Security.Cryptography;
using System.Text;
using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Graphene.Devnet;

/// <summary>The chain of a devnet: genesis, accounts and limits from its parameters.</summary>
public static class GrapheneDevnetChain
{
    /// <summary>Core that each user holds at the start.</summary>
    public const long BalanceEach = 1_000_000;

    /// <summary>Limits with room for as many transfers as the engine takes, so that the machine is the limit.</summary>
    public static ChainParameters ParametersOf(GrapheneDevnetParameters parameters) => new()
    {
        BlockIntervalSec = parameters.BlockIntervalSec,
        MaintenanceIntervalSec = parameters.MaintenanceIntervalSec,
        BlockBytesMax = PipelineLimits.BlockBytesMax,
        WitnessPayPerBlock = 1_000,
    };

    /// <summary>The genesis: a treasury votes for every witness and delegate, and finds their numbers
    /// sufficient.</summary>
    public static GrapheneGenesis GenesisOf(GrapheneDevnetParameters parameters, GrapheneDevnetKeys keys)
    {
        int witnesses = parameters.Witnesses;
        var accounts = new List<GenesisAccount>
        {
            new("treasury", GrapheneDevnetKeys.PublicKeyOf(keys.Treasury), 1_000_000_000_000),
        };
        for (int i = 1; i <= witnesses; i++)
        {
            accounts.Add(
                new GenesisAccount($"witness-{i}", GrapheneDevnetKeys.PublicKeyOf(keys.WitnessSecret((uint)i)), 0));
        }

        for (int i = 0; i < parameters.Delegates; i++)
        {
            accounts.Add(
                new GenesisAccount($"delegate-{i}", GrapheneDevnetKeys.PublicKeyOf(keys.DelegateSecret(i)), 0));
        }

        return new GrapheneGenesis
        {
            TimeSec = DevnetGenesis.UnixSec,
            Parameters = ParametersOf(parameters),
            WitnessesMin = 1,
            DelegatesMin = 1,
            Accounts = accounts,
            Witnesses = [.. Enumerable.Range(1, witnesses).Select(i => (i, accounts[i].Key))],
            Delegates = [.. Enumerable.Range(1 + witnesses, parameters.Delegates)],
            Opinions =
            [
                new GenesisOpinion(
                    0,
                    [.. Enumerable.Range(1, witnesses).Select(i => (uint)i)],
                    [.. Enumerable.Range(0, parameters.Delegates).Select(i => (uint)i)],
                    (ushort)witnesses,
                    (ushort)parameters.Delegates),
            ],
            UserCount = parameters.Accounts,
            User = index => new GenesisAccount(
                $"user-{index}", GrapheneDevnetKeys.PublicKeyOf(keys.UserSecret(index)), BalanceEach),
        };
    }

    /// <summary>Account id of a user.</summary>
    public static uint UserId(GrapheneDevnetParameters parameters, int user) =>
        GrapheneGenesis.Id(1 + parameters.Witnesses + parameters.Delegates + user);

    /// <summary>[C] takes the hash of the genesis file; a devnet's genesis is its parameters.</summary>
    public static Hash256 ChainIdOf(GrapheneDevnetParameters parameters) => new(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"tactus graphene devnet {parameters.Seed} {parameters.Witnesses} {parameters.Delegates} {parameters.Accounts} "
        + $"{parameters.BlockIntervalSec} {parameters.MaintenanceIntervalSec}")));

    public static GrapheneProtocol Create(
        GrapheneDevnetParameters parameters, GrapheneDevnetKeys keys, KernelSet kernels) =>
        new(kernels, ChainIdOf(parameters), GenesisOf(parameters, keys));
}
