using System.Collections;
using System.Globalization;
using System.Text;
using DotLiquid;
using DotLiquid.Exceptions;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>The parts of a loop's markup: variable, list, then limits.</summary>
internal sealed record LoopMarkup(string Variable, string List, bool Reversed, string? Limit, string? Offset, string? Columns)
{
    private const char Separator = '\u001F';

    public string Name => $"{Variable}-{List}";

    public override string ToString() => string.Join(Separator, Variable, List, Reversed ? "reversed" : "", Limit, Offset, Columns);

    public static LoopMarkup Parse(string markup) =>
        markup.Trim().Split(Separator) is [var variable, var list, var reversed, var limit, var offset, var columns]
            ? new(variable, list, reversed.Length > 0, NullIfEmpty(limit), NullIfEmpty(offset), NullIfEmpty(columns))
            : throw new FormatException($"'{markup}' is no loop.");

    /// <returns>What to go through, in order.</returns>
    public List<object?> Items(Context context)
    {
        var value = context[List];
        var budget = LiquidBudget.Of(context);
        // A text is one item; it is not taken apart.
        var items =
            value is string text ? (text.Length == 0 ? [] : [text])
            : value is IEnumerable list ? budget.Take(list)
            : [];
        var key = "loop:" + Name;
        var from = Offset switch
        {
            null => 0,
            "continue" => context.Registers[key] as int? ?? 0,
            _ => Whole(context[Offset], "offset"),
        };
        var most = Limit is null ? int.MaxValue : Whole(context[Limit], "limit");
        from = Math.Clamp(from, 0, items.Count);
        items = items.GetRange(from, Math.Clamp(most, 0, items.Count - from));
        context.Registers[key] = from + items.Count;
        if (Reversed)
            items.Reverse();
        budget.Spend(items.Count);
        return items;
    }

    public int? ColumnsIn(Context context) => Columns is null ? null : Whole(context[Columns], "cols");

    private static int Whole(object? value, string what) =>
        value switch
        {
            null => 0,
            float or double or decimal => (int)Convert.ToDouble(value, CultureInfo.InvariantCulture),
            _ => LiquidValues.Whole(value, what),
        };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}

/// <summary><c>for</c> with <c>limit</c>, <c>offset</c> (also <c>continue</c>), <c>reversed</c>, <c>else</c>, <c>forloop</c> and its parent.</summary>
internal sealed class LiquidLoop : Block
{
    private LoopMarkup loop = null!;
    private List<object>? body;

    public static string Read(LiquidExpression expression)
    {
        var variable = expression.Name();
        if (!expression.TakeWord("in"))
            throw expression.Error("A loop looks like 'item in list'.");
        var list = expression.Value();
        var reversed = false;
        string? limit = null;
        string? offset = null;
        string? columns = null;
        while (!expression.AtEnd)
        {
            if (expression.Take(','))
                continue;
            if (expression.TakeWord("reversed"))
            {
                reversed = true;
                continue;
            }
            var keyword = expression.TakeKeyword() ?? throw expression.Error("A loop takes reversed, limit:, offset: and cols:.");
            _ = keyword switch
            {
                "limit" => limit = expression.Value(),
                "offset" => offset = expression.Value(),
                "cols" => columns = expression.Value(),
                _ => expression.Value(),
            };
        }
        return new LoopMarkup(variable, list, reversed, limit, offset, columns).ToString();
    }

    public override void Initialize(string tagName, string markup, List<string> tokens)
    {
        loop = LoopMarkup.Parse(markup);
        base.Initialize(tagName, markup, tokens);
        body ??= NodeList;
    }

    public override void UnknownTag(string tag, string markup, List<string> tokens)
    {
        if (tag != "else")
        {
            base.UnknownTag(tag, markup, tokens);
            return;
        }
        body = NodeList;
        NodeList = [];
    }

    public override void Render(Context context, TextWriter result)
    {
        var items = loop.Items(context);
        if (items.Count == 0)
        {
            if (!ReferenceEquals(body, NodeList))
                RenderAll(NodeList, context, result);
            return;
        }
        var parent = context.Registers["forloop"];
        var drop = new Hash
        {
            ["name"] = loop.Name,
            ["length"] = items.Count,
            ["parentloop"] = parent,
        };
        context.Registers["forloop"] = drop;
        context.Push(new Hash { ["forloop"] = drop });
        try
        {
            for (var i = 0; i < items.Count; i++)
            {
                LiquidBudget.Of(context).CheckTime();
                context[loop.Variable] = items[i]!;
                drop["index"] = i + 1;
                drop["index0"] = i;
                drop["rindex"] = items.Count - i;
                drop["rindex0"] = items.Count - i - 1;
                drop["first"] = i == 0;
                drop["last"] = i == items.Count - 1;
                try
                {
                    RenderAll(body, context, result);
                }
                catch (ContinueInterrupt) { }
            }
        }
        catch (BreakInterrupt) { }
        finally
        {
            context.Pop();
            context.Registers["forloop"] = parent;
        }
    }
}

/// <summary><c>tablerow</c>: the rows and cells of an HTML table.</summary>
internal sealed class LiquidTableRow : Block
{
    private LoopMarkup loop = null!;

    public override void Initialize(string tagName, string markup, List<string> tokens)
    {
        loop = LoopMarkup.Parse(markup);
        base.Initialize(tagName, markup, tokens);
    }

    public override void Render(Context context, TextWriter result)
    {
        var items = loop.Items(context);
        var columns = loop.ColumnsIn(context) is { } asked and > 0 ? asked : Math.Max(1, items.Count);
        var drop = new Hash { ["length"] = items.Count };
        context.Push(new Hash { ["tablerowloop"] = drop });
        result.Write("<tr class=\"row1\">\n");
        try
        {
            for (var i = 0; i < items.Count; i++)
            {
                var column = i % columns;
                context[loop.Variable] = items[i]!;
                Describe(drop, i, items.Count, column, columns);
                result.Write(string.Create(CultureInfo.InvariantCulture, $"<td class=\"col{column + 1}\">"));
                var isBroken = RenderCell(context, result);
                result.Write("</td>");
                if (isBroken)
                    break;
                if (column == columns - 1 && i < items.Count - 1)
                    result.Write(string.Create(CultureInfo.InvariantCulture, $"</tr>\n<tr class=\"row{i / columns + 2}\">"));
            }
        }
        finally
        {
            context.Pop();
        }
        result.Write("</tr>\n");
    }

    private bool RenderCell(Context context, TextWriter result)
    {
        try
        {
            RenderAll(NodeList, context, result);
            return false;
        }
        catch (ContinueInterrupt)
        {
            return false;
        }
        catch (BreakInterrupt)
        {
            return true;
        }
    }

    private static void Describe(Hash drop, int index, int length, int column, int columns)
    {
        drop["index"] = index + 1;
        drop["index0"] = index;
        drop["rindex"] = length - index;
        drop["rindex0"] = length - index - 1;
        drop["first"] = index == 0;
        drop["last"] = index == length - 1;
        drop["col"] = column + 1;
        drop["col0"] = column;
        drop["col_first"] = column == 0;
        drop["col_last"] = column == columns - 1;
        drop["row"] = index / columns + 1;
    }
}

/// <summary><c>cycle</c>: the next of its values, each time; loops of the same name (or the same values) share their place.</summary>
internal sealed class LiquidCycle : Tag
{
    private const char Separator = '\u001F';

    private string name = "";
    private string[] values = [];

    public static string Read(LiquidExpression expression)
    {
        var first = expression.Value();
        string? group = null;
        List<string> values = [];
        if (expression.Take(':'))
        {
            group = first;
            values.Add(expression.Value());
        }
        else
        {
            values.Add(first);
        }
        while (expression.Take(','))
            if (!expression.AtEnd)
                values.Add(expression.Value());
        return new StringBuilder(group ?? "").Append(Separator).AppendJoin(Separator, values).ToString();
    }

    public override void Initialize(string tagName, string markup, List<string> tokens)
    {
        // Only the blanks around: a control character is white space to Trim(), and the first one stands for "no name".
        var fields = markup.Trim(' ').Split(Separator);
        (name, values) = (fields[0], fields[1..]);
        base.Initialize(tagName, markup, tokens);
    }

    public override void Render(Context context, TextWriter result)
    {
        var key = "cycle:" + (name.Length > 0 ? LiquidValues.Text(context[name]) : string.Join(',', values));
        var place = context.Registers[key] as int? ?? 0;
        result.Write(place < values.Length ? LiquidValues.Text(context[values[place]]) : "");
        context.Registers[key] = place + 1 >= values.Length ? 0 : place + 1;
    }
}
