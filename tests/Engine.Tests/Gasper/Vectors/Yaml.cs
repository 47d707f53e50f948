using System.Globalization;
using System.Text;

namespace Tactus.Engine.Tests.Gasper.Vectors;

/// <summary>
/// The subset of YAML that the vectors use: block and flow maps and lists, plain and quoted scalars, comments. A node
/// is a string, a list of nodes or a dictionary of nodes.</summary>
internal sealed class Yaml
{
    private readonly List<(int Indent, string Text)> _lines = [];
    private int _at;

    private Yaml(string text)
    {
        foreach (string raw in text.Split('\n'))
        {
            string line = WithoutComment(raw).TrimEnd();
            string trimmed = line.TrimStart();
            if (trimmed.Length > 0 && trimmed is not ("---" or "..."))
            {
                _lines.Add((line.Length - trimmed.Length, trimmed));
            }
        }
    }

    public static object Parse(string text)
    {
        var yaml = new Yaml(text);
        return yaml._lines.Count == 0 ? "" : yaml.Block(yaml._lines[0].Indent);
    }

    public static Dictionary<string, object> Map(object node) => (Dictionary<string, object>)node;

    public static List<object> List(object node) => node is "" ? [] : (List<object>)node;

    public static ulong Number(object node) => ulong.Parse((string)node, CultureInfo.InvariantCulture);

    public static byte[] Bytes(object node)
    {
        string text = (string)node;
        return Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text);
    }

    private static string WithoutComment(string line)
    {
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            isQuoted ^= line[i] is '\'' or '"';
            if (line[i] == '#' && !isQuoted && (i == 0 || line[i - 1] == ' '))
            {
                return line[..i];
            }
        }

        return line;
    }

    private object Block(int indent)
    {
        string text = _lines[_at].Text;
        return text.StartsWith("- ", StringComparison.Ordinal) || text == "-"
            ? BlockList(indent)
            : KeyEnd(text) >= 0 ? BlockMap(indent) : Value(text, indent);
    }

    private List<object> BlockList(int indent)
    {
        var items = new List<object>();
        while (_at < _lines.Count && _lines[_at].Indent == indent && _lines[_at].Text[0] == '-')
        {
            string rest = _lines[_at].Text[1..];
            string item = rest.TrimStart();
            if (item.Length == 0)
            {
                _at++;
                items.Add(Block(_lines[_at].Indent));
                continue;
            }

            // "- key: value" opens a map whose indent is that of the key.
            int inner = indent + 1 + rest.Length - item.Length;
            _lines[_at] = (inner, item);
            items.Add(Block(inner));
        }

        return items;
    }

    private Dictionary<string, object> BlockMap(int indent)
    {
        var map = new Dictionary<string, object>(StringComparer.Ordinal);
        while (_at < _lines.Count && _lines[_at].Indent == indent)
        {
            string text = _lines[_at].Text;
            int end = KeyEnd(text);
            if (end < 0)
            {
                throw new FormatException($"yaml: '{text}' is no key");
            }

            string key = Unquote(text[..end]);
            string value = text[(end + 1)..].Trim();
            if (value.Length > 0)
            {
                map[key] = Value(value, indent);
                continue;
            }

            _at++;
            bool hasBlock = _at < _lines.Count
                && (_lines[_at].Indent > indent || (_lines[_at].Indent == indent && _lines[_at].Text[0] == '-'));
            map[key] = hasBlock ? Block(_lines[_at].Indent) : "";
        }

        return map;
    }

    /// <summary>A scalar or a flow value that starts at the current line and may go on in the next ones.</summary>
    private object Value(string text, int indent)
    {
        _at++;
        if (text[0] is not ('[' or '{'))
        {
            while (_at < _lines.Count && _lines[_at].Indent > indent && KeyEnd(text) < 0 && text[0] is '\'' or '"'
                && text[^1] != text[0])
            {
                text += " " + _lines[_at++].Text;
            }

            return Unquote(text);
        }

        var flow = new StringBuilder(text);
        while (!IsClosed(flow))
        {
            flow.Append(' ').Append(_lines[_at++].Text);
        }

        int at = 0;
        return Flow(flow.ToString(), ref at);
    }

    private static bool IsClosed(StringBuilder flow)
    {
        int depth = 0;
        bool isQuoted = false;
        for (int i = 0; i < flow.Length; i++)
        {
            isQuoted ^= flow[i] is '\'' or '"';
            depth += isQuoted ? 0 : flow[i] is '[' or '{' ? 1 : flow[i] is ']' or '}' ? -1 : 0;
        }

        return depth == 0;
    }

    private static object Flow(string text, ref int at)
    {
        Skip(text, ref at);
        return text[at] switch
        {
            '[' => FlowList(text, ref at),
            '{' => FlowMap(text, ref at),
            _ => Scalar(text, ref at, ",]}"),
        };
    }

    private static List<object> FlowList(string text, ref int at)
    {
        var items = new List<object>();
        at++;
        for (Skip(text, ref at); text[at] != ']'; Skip(text, ref at))
        {
            items.Add(Flow(text, ref at));
            Skip(text, ref at);
            at += text[at] == ',' ? 1 : 0;
        }

        at++;
        return items;
    }

    private static Dictionary<string, object> FlowMap(string text, ref int at)
    {
        var map = new Dictionary<string, object>(StringComparer.Ordinal);
        at++;
        for (Skip(text, ref at); text[at] != '}'; Skip(text, ref at))
        {
            string key = Scalar(text, ref at, ":");
            at++;
            map[key] = Flow(text, ref at);
            Skip(text, ref at);
            at += text[at] == ',' ? 1 : 0;
        }

        at++;
        return map;
    }

    private static string Scalar(string text, ref int at, string ends)
    {
        int start = at;
        if (text[at] is '\'' or '"')
        {
            at = text.IndexOf(text[at], at + 1) + 1;
        }

        while (at < text.Length && !ends.Contains(text[at], StringComparison.Ordinal))
        {
            at++;
        }

        return Unquote(text[start..at].Trim());
    }

    private static void Skip(string text, ref int at)
    {
        while (text[at] == ' ')
        {
            at++;
        }
    }

    private static int KeyEnd(string text)
    {
        if (text[0] is '[' or '{' or '\'' or '"')
        {
            return -1;
        }

        int end = text.IndexOf(": ", StringComparison.Ordinal);
        return end >= 0 ? end : text[^1] == ':' ? text.Length - 1 : -1;
    }

    private static string Unquote(string text) =>
        text.Length >= 2 && text[0] is '\'' or '"' && text[^1] == text[0] ? text[1..^1] : text;
}
