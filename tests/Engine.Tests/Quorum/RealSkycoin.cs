using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Quorum;

/// <summary>Skycoin's mainnet blocks 0..180 from the goldens of its API tests, in wire form: each with the publisher's
/// signature as the certificate of a quorum of one.</summary>
internal sealed class RealSkycoin
{
    private RealSkycoin(List<RealBlock> blocks, MemberKey publisher)
    {
        Blocks = blocks;
        Publisher = publisher;
    }

    public IReadOnlyList<RealBlock> Blocks { get; }

    public MemberKey Publisher { get; }

    public static QuorumParameters Parameters { get; } = new() { QuorumSize = 1 };

    public static RealSkycoin Load()
    {
        using JsonDocument blocks = Read("blocks-verbose-all.golden");
        using JsonDocument signatures = Read("block_signatures.json");
        var list = new List<RealBlock>();
        foreach (JsonElement block in blocks.RootElement.GetProperty("blocks").EnumerateArray())
        {
            JsonElement signature = signatures.RootElement.GetProperty("sigs")[list.Count];
            list.Add(RealBlock.Of(block, Convert.FromHexString(signature.GetProperty("sig").GetString()!)));
        }

        string key = signatures.RootElement.GetProperty("pubkey").GetString()!;
        return new RealSkycoin(list, MemberKey.Of(Convert.FromHexString(key)));
    }

    public QuorumGenesis Genesis()
    {
        RealBlock first = Blocks[0];
        return new QuorumGenesis(first.Header.TimeSec, new Epoch(0, 0, [Publisher]), first.GenesisOutput);
    }

    internal static JsonDocument Read(string name) =>
        JsonDocument.Parse(File.ReadAllText(TestData.PathOf("graphene", "skycoin", name)));
}

/// <summary>One block as the golden states it.</summary>
internal sealed record RealBlock(
    CoinHeader Header,
    Hash256 Hash,
    byte[] Signature,
    int Size,
    IReadOnlyList<RealTransaction> Transactions,
    byte[] GenesisOutput,
    byte[] Bytes)
{
    public static RealBlock Of(JsonElement block, byte[] signature)
    {
        JsonElement h = block.GetProperty("header");
        var header = new CoinHeader(
            h.GetProperty("version").GetUInt32(),
            h.GetProperty("timestamp").GetUInt64(),
            h.GetProperty("seq").GetUInt64(),
            h.GetProperty("fee").GetUInt64(),
            Hash256.FromHex(h.GetProperty("previous_block_hash").GetString()!),
            Hash256.FromHex(h.GetProperty("tx_body_hash").GetString()!),
            Hash256.FromHex(h.GetProperty("ux_hash").GetString()!));
        JsonElement body = block.GetProperty("body");
        var transactions = body.GetProperty("txns").EnumerateArray().Select(RealTransaction.Of).ToList();
        var writer = new ByteWriter();
        header.Write(writer);
        writer.WriteUInt32((uint)transactions.Count);
        foreach (RealTransaction transaction in transactions)
        {
            writer.WriteSpan(transaction.Bytes);
        }

        new BlockSeal(0, null, signature).Write(writer);
        return new RealBlock(
            header,
            Hash256.FromHex(h.GetProperty("block_hash").GetString()!),
            signature,
            block.GetProperty("size").GetInt32(),
            transactions,
            transactions[0].OutputBytes,
            writer.ToArray());
    }
}

/// <summary>One transaction as the golden states it.</summary>
internal sealed record RealTransaction(
    Hash256 Id,
    Hash256 InnerHash,
    ulong Fee,
    byte[] Bytes,
    byte[] OutputBytes,
    IReadOnlyList<Hash256> OutputIds,
    IReadOnlyList<RealInput> Inputs)
{
    public static RealTransaction Of(JsonElement t)
    {
        var inputs = t.GetProperty("inputs").EnumerateArray().Select(i => new RealInput(
            Hash256.FromHex(i.GetProperty("uxid").GetString()!),
            CoinAddress.Parse(i.GetProperty("owner").GetString()!),
            Droplets(i.GetProperty("coins").GetString()!),
            i.GetProperty("hours").GetUInt64(),
            i.GetProperty("calculated_hours").GetUInt64())).ToList();
        var outputs = new ByteWriter();
        var ids = new List<Hash256>();
        foreach (JsonElement o in t.GetProperty("outputs").EnumerateArray())
        {
            CoinAddress.Parse(o.GetProperty("dst").GetString()!).CopyTo(outputs.Reserve(CoinAddress.Size));
            outputs.WriteUInt64(Droplets(o.GetProperty("coins").GetString()!));
            outputs.WriteUInt64(o.GetProperty("hours").GetUInt64());
            ids.Add(Hash256.FromHex(o.GetProperty("uxid").GetString()!));
        }

        var inner = Hash256.FromHex(t.GetProperty("inner_hash").GetString()!);
        var writer = new ByteWriter();
        writer.WriteUInt32(t.GetProperty("length").GetUInt32());
        writer.WriteByte((byte)t.GetProperty("type").GetInt32());
        writer.WriteHash256(inner);
        writer.WriteUInt32((uint)t.GetProperty("sigs").GetArrayLength());
        foreach (JsonElement s in t.GetProperty("sigs").EnumerateArray())
        {
            writer.WriteSpan(Convert.FromHexString(s.GetString()!));
        }

        writer.WriteUInt32((uint)inputs.Count);
        foreach (RealInput input in inputs)
        {
            writer.WriteHash256(input.Id);
        }

        writer.WriteUInt32((uint)ids.Count);
        writer.WriteSpan(outputs.Written);
        return new RealTransaction(
            Hash256.FromHex(t.GetProperty("txid").GetString()!),
            inner,
            t.GetProperty("fee").GetUInt64(),
            writer.ToArray(),
            outputs.ToArray(),
            ids,
            inputs);
    }

    /// <summary>"1.5" coins to droplets.</summary>
    private static ulong Droplets(string coins) =>
        (ulong)(decimal.Parse(coins, CultureInfo.InvariantCulture) * 1_000_000m);
}

/// <summary>A spent output as the golden states it.</summary>
internal sealed record RealInput(Hash256 Id, CoinAddress Owner, ulong Coins, ulong Hours, ulong HoursWhenSpent);
