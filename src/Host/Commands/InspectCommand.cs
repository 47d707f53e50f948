using System.CommandLine;
using System.Globalization;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;

namespace Tactus.Host.Commands;

/// <summary><c>tactus inspect</c>: a block, transaction, key, signature or name in readable form.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var command = new Command("inspect", "Show a block, transaction, key, signature or name in readable form.")
        {
            Block(), Transaction(), Key(), Signature(), NameCommand(),
        };
        return command;
    }

    private static Command Block()
    {
        var file = new Argument<string>("FILE") { Description = "A blocks.log, or the folder that holds one." };
        var number = new Argument<uint>("NUMBER") { Description = "Block number." };
        var command = new Command("block", "Print a block of a log as JSON.") { file, number };
        command.SetAction(result => Guard(() =>
        {
            using BlockLog log = Open(result.GetValue(file)!);
            uint wanted = result.GetValue(number);
            if (wanted < log.FirstNumber || wanted > log.HeadNumber)
            {
                throw new FormatException($"the log holds blocks {log.FirstNumber} to {log.HeadNumber}, not {wanted}");
            }

            Console.WriteLine(BlockJson.ToText(log.ReadBlock(wanted)));
        }));
        return command;
    }

    private static Command Transaction()
    {
        var what = new Argument<string>("WHAT")
        {
            Description = "A packed transaction in hexadecimal, or a blocks.log.",
        };
        var id = new Argument<string?>("ID")
        {
            Description = "With a log: the transaction's id, or its first digits.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("transaction", "Print a transaction as JSON.") { what, id };
        command.SetAction(result => Guard(() =>
        {
            string text = result.GetValue(what)!;
            if (result.GetValue(id) is { } wanted)
            {
                Console.WriteLine(Find(text, wanted));
                return;
            }

            byte[] bytes = ParseHex(text);
            var reader = new ByteReader(bytes);
            PackedTransaction packed = PackedTransaction.Read(ref reader);
            if (!reader.Failed && reader.Remaining == 0)
            {
                Console.WriteLine(BlockJson.ToText(packed));
                return;
            }

            var plain = new ByteReader(bytes);
            Transaction transaction = Engine.Protocols.Antelope.Types.Transaction.Read(ref plain);
            if (plain.Failed || plain.Remaining != 0)
            {
                throw new FormatException(
                    $"the {bytes.Length} bytes are no packed transaction (byte {reader.FailOffset}: "
                    + $"{reader.FailReason ?? "bytes follow"}) "
                    + $"and no plain one (byte {plain.FailOffset}: {plain.FailReason ?? "bytes follow"})");
            }

            Console.WriteLine(BlockJson.ToText(transaction));
        }));
        return command;
    }

    private static Command Key()
    {
        var text = new Argument<string>("KEY")
        {
            Description = "EOS..., PUB_K1_..., PUB_R1_..., PUB_WA_..., or 33 bytes in hexadecimal.",
        };
        var command = new Command("key", "Print a public key in every form.") { text };
        command.SetAction(result => Guard(() =>
        {
            string value = result.GetValue(text)!;
            if (!KeyText.TryParsePublicKey(value, out PublicKey? key, out string? error))
            {
                key = value.Length == 2 * PublicKey.CompressedSize
                    ? new PublicKey(KeyType.K1, ParseHex(value))
                    : throw new FormatException(error);
            }

            Console.WriteLine($"type    {key!.Type}");
            Console.WriteLine($"text    {KeyText.ToPrefixedText(key)}");
            if (key.Type == KeyType.K1)
            {
                Console.WriteLine($"legacy  {KeyText.ToText(key)}");
            }

            Console.WriteLine($"hex     {Convert.ToHexStringLower(key.Data)}");
        }));
        return command;
    }

    private static Command Signature()
    {
        var text = new Argument<string>("SIGNATURE") { Description = "SIG_K1_..., SIG_R1_... or SIG_WA_...." };
        var command = new Command("signature", "Print the parts of a signature.") { text };
        command.SetAction(result => Guard(() =>
        {
            if (!KeyText.TryParseSignature(result.GetValue(text)!, out KeySignature? signature, out string? error))
            {
                throw new FormatException(error);
            }

            ReadOnlySpan<byte> compact = signature!.Compact;
            Console.WriteLine($"type         {signature.Type}");
            Console.WriteLine($"recovery id  {(compact[0] - 27) & 3} (header byte {compact[0]})");
            Console.WriteLine($"r            {Convert.ToHexStringLower(compact[1..33])}");
            Console.WriteLine($"s            {Convert.ToHexStringLower(compact[33..])}");
            Console.WriteLine(
                "canonical    "
                + $"{(CanonicalSignature.IsCanonical(compact[1..]) ? "yes" : "no: Antelope chains refuse it for K1")}");
        }));
        return command;
    }

    private static Command NameCommand()
    {
        var text = new Argument<string>("NAME")
        {
            Description = "A name, or its 64-bit value in decimal or 0x hexadecimal.",
        };
        var command = new Command("name", "Print a name and its value.") { text };
        command.SetAction(result => Guard(() =>
        {
            string value = result.GetValue(text)!;
            Name name = value.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                && ulong.TryParse(value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong hex)
                    ? new Name(hex)
                : ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
                    && value.Length > Name.CharsMax
                    ? new Name(number)
                : Name.Parse(value);
            Console.WriteLine($"name   {name}");
            Console.WriteLine($"value  {name.Value} (0x{name.Value:x16})");
        }));
        return command;
    }

    private static string Find(string path, string idPrefix)
    {
        using BlockLog log = Open(path);
        foreach (SignedBlock block in log.Walk(log.FirstNumber, log.HeadNumber))
        {
            foreach (TransactionReceipt receipt in block.Transactions)
            {
                Hash256 id = receipt.Packed?.TryUnpack(out _)?.Id() ?? receipt.Id;
                if (id.ToString().StartsWith(idPrefix, StringComparison.OrdinalIgnoreCase))
                {
                    string body = receipt.Packed is null
                        ? "the block carries only its id"
                        : BlockJson.ToText(receipt.Packed);
                    return $"// {id}, block {block.Number}\n{body}";
                }
            }
        }

        throw new FormatException($"no transaction of the log has an id that begins with {idPrefix}");
    }

    private static BlockLog Open(string path) =>
        BlockLog.Open(Directory.Exists(path) ? Path.Combine(path, "blocks.log") : path);

    private static byte[] ParseHex(string text)
    {
        byte[] bytes = new byte[text.Length / 2];
        return text.Length % 2 == 0
            && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? bytes
            : throw new FormatException("that is neither hexadecimal nor a form that is known; see --help");
    }

    private static int Guard(Action action)
    {
        try
        {
            action();
            return ExitCodes.Ok;
        }
        catch (Exception error) when (error is FormatException or BlockLogException or IOException
            or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return ExitCodes.Usage;
        }
    }
}
