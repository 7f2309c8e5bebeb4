using System.Text;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <param name="Text">What DotLiquid parses.</param>
/// <param name="Constants">Values that the text names.</param>
internal sealed record NormalLiquid(string Text, IReadOnlyDictionary<string, object?> Constants);

/// <summary>
/// Turns a template of today's Liquid into the older dialect that DotLiquid's parser reads: <c>echo</c>, <c>liquid</c>, <c>doc</c> and
/// <c>#</c>, tags over several lines, keyword arguments, white space of blank blocks. Errors come out here, with their line.
/// </summary>
internal sealed class LiquidSource
{
    private readonly Dictionary<string, object?> constants = [];
    private readonly List<string?> pieces = [];
    private readonly Stack<OpenBlock> open = new();

    public static NormalLiquid Normalise(string source)
    {
        var writer = new LiquidSource();
        foreach (var part in LiquidLexer.Split(source))
            writer.Write(part);
        if (writer.open.TryPeek(out var block))
            throw new LiquidSyntaxException(block.Line, $"'{block.Name}' is not closed: '{{% end{block.Name} %}}' is missing.");
        return new(string.Concat(writer.pieces), writer.constants);
    }

    private sealed record OpenBlock(string Name, int From, int Line)
    {
        public bool IsBlank { get; set; } = true;

        public List<int> Spaces { get; } = [];
    }

    private void Write(LiquidPart part)
    {
        switch (part.Kind)
        {
            case LiquidPartKind.Text:
                WriteText(part);
                break;
            case LiquidPartKind.Output:
                WriteOutput(part.Markup, part.Line);
                break;
            default:
                WriteTag(part);
                break;
        }
    }

    private void WriteText(LiquidPart part)
    {
        if (!string.IsNullOrWhiteSpace(part.Markup))
            NotBlank();
        else if (open.TryPeek(out var block))
            block.Spaces.Add(pieces.Count);
        // Braces in raw text would be read as Liquid once more.
        pieces.Add(
            part.Name == "raw" && part.Markup.Contains('{') ? $"{{{{ {Expression("", part.Line).Constant(part.Markup)} }}}}" : part.Markup
        );
    }

    private void WriteOutput(string markup, int line)
    {
        NotBlank();
        var expression = Expression(markup, line);
        if (expression.AtEnd)
            return;
        var value = expression.Filtered();
        expression.ExpectEnd();
        pieces.Add(LiquidOutput.IsPath(value) ? $"{{% {LiquidOutput.Word} {value} %}}" : $"{{{{ {value} }}}}");
    }

    private void WriteTag(LiquidPart part)
    {
        var expression = Expression(part.Markup, part.Line);
        switch (part.Name)
        {
            case "comment":
                return;
            case "echo":
                WriteOutput(part.Markup, part.Line);
                return;
            case "assign":
                var target = expression.Name();
                if (target.EndsWith('?'))
                    throw expression.Error("A name to assign to holds letters, digits, '-' and '_'.");
                expression.Expect('=');
                Emit(part, $"{target} = {expression.Filtered()}", expression);
                return;
            case "if" or "unless":
                Open(part);
                Emit(part, expression.Condition(), expression);
                return;
            case "elsif":
                Inside(part, "if", "unless");
                Emit(part, expression.Condition(), expression);
                return;
            case "case":
                Open(part);
                Emit(part, expression.Value(), expression);
                return;
            case "when":
                Inside(part, "case");
                List<string> values = [expression.Value()];
                while (expression.Take(',') || expression.TakeWord("or"))
                    values.Add(expression.Value());
                Emit(part, string.Join(" or ", values), expression);
                return;
            case "for" or "tablerow":
                Open(part);
                if (part.Name == "tablerow")
                    NotBlank();
                Emit(part, LiquidLoop.Read(expression), expression);
                return;
            case "else":
                Inside(part, "if", "unless", "case", "for");
                Emit(part, "", null);
                return;
            case "capture":
                Open(part);
                Emit(part, part.Markup.Length > 1 && part.Markup[0] is '\'' or '"' ? part.Markup.Trim('\'', '"') : expression.Name(), null);
                return;
            case "ifchanged":
                Open(part);
                NotBlank();
                Emit(part, "", null);
                return;
            case "increment" or "decrement":
                NotBlank();
                Emit(part, expression.Name(), expression);
                return;
            case "cycle":
                NotBlank();
                Emit(part, LiquidCycle.Read(expression), expression);
                return;
            case "render" or "include":
                NotBlank();
                Emit(part, LiquidPartial.Read(expression), expression);
                return;
            case "break" or "continue":
                Emit(part, "", null);
                return;
            case var end when end.StartsWith("end", StringComparison.Ordinal):
                Close(part, end[3..]);
                return;
            default:
                throw new LiquidSyntaxException(part.Line, $"There is no tag '{part.Name}'.");
        }
    }

    private void Emit(LiquidPart part, string markup, LiquidExpression? expression)
    {
        expression?.ExpectEnd();
        pieces.Add($"{{% {part.Name} {markup} %}}");
    }

    private void Open(LiquidPart part) => open.Push(new(part.Name, pieces.Count, part.Line));

    private void Inside(LiquidPart part, params ReadOnlySpan<string> names)
    {
        if (!open.TryPeek(out var block) || !names.Contains(block.Name))
            throw new LiquidSyntaxException(part.Line, $"'{part.Name}' stands outside of {string.Join(", ", names.ToArray())}.");
    }

    private void Close(LiquidPart part, string name)
    {
        if (!open.TryPop(out var block) || block.Name != name)
            throw new LiquidSyntaxException(part.Line, $"'{part.Name}' closes nothing that is open here.");
        var drops = name is "if" or "unless" or "case" or "for";
        if (!block.IsBlank && name != "capture")
            NotBlank();
        else if (drops)
            Drop(block);
        // What a branch between blocks left as white space belongs to the parent, which may be blank itself.
        if (!drops && open.TryPeek(out var parent) && name != "capture")
            parent.Spaces.AddRange(block.Spaces);
        pieces.Add($"{{% end{name} %}}");
    }

    private void Drop(OpenBlock block)
    {
        foreach (var space in block.Spaces)
            pieces[space] = null;
    }

    private void NotBlank()
    {
        if (open.TryPeek(out var block))
            block.IsBlank = false;
    }

    private LiquidExpression Expression(string markup, int line) => new(markup, line, constants);
}
