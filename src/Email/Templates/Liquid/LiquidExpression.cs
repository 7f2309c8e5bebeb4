using System.Globalization;
using System.Text;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>
/// Reads the expressions of one output or tag and writes them as DotLiquid's regular expressions expect them: no white space, each
/// literal that they would break at (line ends, braces) moved to a constant.
/// </summary>
internal sealed class LiquidExpression(string markup, int line, Dictionary<string, object?> constants)
{
    public const string Blank = "__blank";
    public const string Empty = "__empty";

    private static readonly string[] Operators = ["==", "!=", "<>", "<=", ">=", "<", ">"];

    private int at;

    public bool AtEnd
    {
        get
        {
            SkipSpace();
            return at >= markup.Length;
        }
    }

    public LiquidSyntaxException Error(string message) => new(line, $"{message} (in '{markup.Trim()}')");

    public void ExpectEnd()
    {
        if (!AtEnd)
            throw Error($"'{markup[at..].Trim()}' is not expected here.");
    }

    public bool Take(char symbol)
    {
        SkipSpace();
        if (at >= markup.Length || markup[at] != symbol)
            return false;
        at++;
        return true;
    }

    public void Expect(char symbol)
    {
        if (!Take(symbol))
            throw Error($"'{symbol}' is missing.");
    }

    /// <returns>Whether <paramref name="word"/> came next, and is now behind.</returns>
    public bool TakeWord(string word)
    {
        SkipSpace();
        if (
            string.CompareOrdinal(markup, at, word, 0, word.Length) != 0
            || (at + word.Length < markup.Length && IsWord(markup[at + word.Length]))
        )
            return false;
        at += word.Length;
        return true;
    }

    /// <summary>A name followed by a colon: the keyword of an argument; null where none comes next.</summary>
    public string? TakeKeyword()
    {
        SkipSpace();
        var start = at;
        if (at < markup.Length && IsWordStart(markup[at]))
        {
            var name = Name();
            if (Take(':'))
                return name;
        }
        at = start;
        return null;
    }

    public string Name()
    {
        SkipSpace();
        var start = at;
        while (at < markup.Length && IsWord(markup[at]))
            at++;
        if (at == start || markup[start] == '-')
            throw Error("A name is missing.");
        if (at < markup.Length && markup[at] == '?')
            at++;
        return markup[start..at];
    }

    /// <summary>A literal, a range or a path.</summary>
    public string Value()
    {
        SkipSpace();
        if (at >= markup.Length)
            throw Error("A value is missing.");
        var first = markup[at];
        return first switch
        {
            '\'' or '"' => Text(),
            '(' => Range(),
            '[' => Path(),
            _ when char.IsAsciiDigit(first) || (first == '-' && at + 1 < markup.Length && char.IsAsciiDigit(markup[at + 1])) => Number(),
            _ when IsWordStart(first) => Path(),
            _ => throw Error($"'{first}' is not expected here."),
        };
    }

    /// <summary>A value with its filters.</summary>
    public string Filtered()
    {
        var result = new StringBuilder(Value());
        while (Take('|'))
        {
            var name = Name();
            if (!LiquidFilterTable.Exists(name))
                throw Error($"There is no filter '{name}'.");
            List<string> positional = [];
            List<string> named = [];
            if (Take(':'))
            {
                do
                {
                    if (TakeKeyword() is { } keyword)
                        named.Add($"'{keyword}:',{Value()}");
                    else
                        positional.Add(Value());
                } while (Take(','));
            }
            LiquidFilterTable.Check(name, positional.Count, named.Count, this);
            result.Append(" | ").Append(LiquidFilterTable.NameOf(name));
            positional.AddRange(named);
            if (positional.Count > 0)
                result.Append(": ").AppendJoin(", ", positional);
        }
        return result.ToString();
    }

    /// <summary>Comparisons joined by <c>and</c> and <c>or</c>.</summary>
    public string Condition()
    {
        var result = new StringBuilder();
        while (true)
        {
            result.Append(Value());
            if (Operator() is { } op)
                result.Append(' ').Append(op).Append(' ').Append(Value());
            if (TakeWord("and"))
                result.Append(" and ");
            else if (TakeWord("or"))
                result.Append(" or ");
            else
                return result.ToString();
        }
    }

    private string? Operator()
    {
        SkipSpace();
        foreach (var op in Operators)
        {
            if (string.CompareOrdinal(markup, at, op, 0, op.Length) != 0)
                continue;
            at += op.Length;
            return op;
        }
        return TakeWord("contains") ? "contains" : null;
    }

    private string Text()
    {
        var quote = markup[at];
        var end = markup.IndexOf(quote, at + 1);
        if (end < 0)
            throw Error("A text is not closed: its second quotation mark is missing.");
        var text = markup[(at + 1)..end];
        at = end + 1;
        return text.AsSpan().IndexOfAny("\r\n{}%") >= 0 ? Constant(text) : $"{quote}{text}{quote}";
    }

    /// <summary>A name for a value that the template cannot hold as it is.</summary>
    public string Constant(string text)
    {
        var name = $"__text{constants.Count}";
        constants[name] = text;
        return name;
    }

    private string Range()
    {
        at++;
        var from = Value();
        SkipSpace();
        if (string.CompareOrdinal(markup, at, "..", 0, 2) != 0)
            throw Error("A range looks like (1..5).");
        at += 2;
        var to = Value();
        Expect(')');
        return $"({from}..{to})";
    }

    private string Number()
    {
        var start = at++;
        while (at < markup.Length && char.IsAsciiDigit(markup[at]))
            at++;
        if (at + 1 < markup.Length && markup[at] == '.' && char.IsAsciiDigit(markup[at + 1]))
        {
            at++;
            while (at < markup.Length && char.IsAsciiDigit(markup[at]))
                at++;
        }
        var text = markup[start..at];
        if (at < markup.Length && IsWord(markup[at]))
            throw Error($"'{text}' is followed by what is no number.");
        return text.Length < 10 || decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _)
            ? text
            : throw Error($"{text} is too long a number.");
    }

    private string Path()
    {
        var result = new StringBuilder();
        if (markup[at] != '[')
        {
            var root = Name();
            result.Append(
                root switch
                {
                    "blank" => Blank,
                    "empty" => Empty,
                    _ when root.EndsWith('?') => $"['{root}']",
                    _ => root,
                }
            );
        }
        while (true)
        {
            SkipSpace();
            if (at < markup.Length && markup[at] == '[')
            {
                at++;
                result.Append('[').Append(Value()).Append(']');
                Expect(']');
            }
            else if (at < markup.Length && markup[at] == '.' && !(at + 1 < markup.Length && markup[at + 1] == '.'))
            {
                at++;
                SkipSpace();
                if (at < markup.Length && markup[at] == '[')
                    throw Error("'.' and '[' do not follow each other.");
                var name = Name();
                if (char.IsAsciiDigit(name[0]))
                    throw Error($"Write [{name}] for the item at that place.");
                result.Append(name.EndsWith('?') ? $"['{name}']" : "." + name);
            }
            else
            {
                return result.ToString();
            }
        }
    }

    private void SkipSpace()
    {
        while (at < markup.Length && char.IsWhiteSpace(markup[at]))
            at++;
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static bool IsWord(char c) => IsWordStart(c) || c == '-';
}
