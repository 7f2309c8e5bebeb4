using System.Collections;
using System.Text;
using DotLiquid;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>
/// <c>render</c> and <c>include</c>: another template of the same library. <c>render</c> sees only what it is given; <c>include</c> sees
/// and changes what its caller sees.
/// </summary>
internal sealed class LiquidPartial : Tag
{
    public const string Library = "partials";
    private const char Separator = '\u001F';

    private string file = "";
    private string? bound;
    private bool loops;
    private string? alias;
    private List<(string Name, string Value)> arguments = [];

    public static string Read(LiquidExpression expression)
    {
        var file = expression.Value();
        string bound = "";
        string alias = "";
        var mode =
            expression.TakeWord("with") ? "with"
            : expression.TakeWord("for") ? "for"
            : "";
        if (mode.Length > 0)
            bound = expression.Value();
        if (expression.TakeWord("as"))
            alias = expression.Name();
        var result = new StringBuilder().AppendJoin(Separator, file, mode, bound, alias);
        while (!expression.AtEnd)
        {
            if (expression.Take(','))
                continue;
            var name = expression.TakeKeyword() ?? throw expression.Error("What is handed to a partial looks like 'name: value'.");
            result.Append(Separator).Append(name).Append(Separator).Append(expression.Value());
        }
        return result.ToString();
    }

    public override void Initialize(string tagName, string markup, List<string> tokens)
    {
        var fields = markup.Trim(' ').Split(Separator);
        file = fields[0];
        loops = fields[1] == "for";
        bound = fields[2].Length > 0 ? fields[2] : null;
        alias = fields[3].Length > 0 ? fields[3] : null;
        arguments = [.. Enumerable.Range(2, (fields.Length - 4) / 2).Select(i => (fields[2 * i], fields[2 * i + 1]))];
        base.Initialize(tagName, markup, tokens);
        if (tagName == "render" && file[0] is not ('\'' or '"'))
            throw new LiquidFilterException("render needs the name of a template in quotation marks.");
    }

    public override void Render(Context context, TextWriter result)
    {
        var name = LiquidValues.Text(context[file]);
        if (context.Registers[Library] is not Func<string, CompiledLiquid?> library || library(name) is not { } partial)
            throw new LiquidFilterException($"There is no block '{name}'.");
        var variable = alias ?? name.Split('/')[^1];
        var given = new Hash();
        foreach (var (key, value) in arguments)
            given[key] = context[value];
        var item = bound is null ? null : context[bound];
        var budget = LiquidBudget.Of(context);
        budget.Enter();
        try
        {
            if (TagName == "render")
                RenderAlone(context, result, partial, given, variable, item);
            else
                Include(context, result, partial, given, variable, item ?? context[variable]);
        }
        finally
        {
            budget.Leave();
        }
    }

    private static void Include(Context context, TextWriter result, CompiledLiquid partial, Hash given, string variable, object? item)
    {
        context.Push(given);
        context.Environments.Add(partial.Constants);
        try
        {
            if (item is IEnumerable list and not (string or IDictionary))
            {
                foreach (var one in LiquidBudget.Of(context).Take(list))
                {
                    LiquidBudget.Of(context).Spend(1);
                    given[variable] = one;
                    partial.RenderInto(context, result);
                }
                return;
            }
            if (item is not null)
                given[variable] = item;
            partial.RenderInto(context, result);
        }
        finally
        {
            context.Pop();
            context.Environments.RemoveAt(context.Environments.Count - 1);
        }
    }

    private void RenderAlone(Context context, TextWriter result, CompiledLiquid partial, Hash given, string variable, object? item)
    {
        Hash[] environments = [.. context.Environments];
        Hash[] scopes = [.. context.Scopes];
        var loop = context.Registers["forloop"];
        try
        {
            context.Registers["forloop"] = null;
            Isolate(context, partial, given);
            if (!loops || item is not IEnumerable list || item is string or IDictionary)
            {
                if (bound is not null)
                    given[variable] = item;
                partial.RenderInto(context, result);
                return;
            }
            var items = LiquidBudget.Of(context).Take(list);
            LiquidBudget.Of(context).Spend(items.Count);
            for (var i = 0; i < items.Count; i++)
            {
                var own = new Hash();
                own.Merge(given);
                own[variable] = items[i];
                own["forloop"] = Position(variable, i, items.Count);
                context.Scopes[0] = own;
                partial.RenderInto(context, result);
            }
        }
        finally
        {
            Restore(context.Environments, environments);
            Restore(context.Scopes, scopes);
            context.Registers["forloop"] = loop;
        }
    }

    private static void Isolate(Context context, CompiledLiquid partial, Hash given)
    {
        Restore(context.Environments, [new Hash(), partial.Constants, LiquidSandbox.Words]);
        Restore(context.Scopes, [given]);
    }

    private static Hash Position(string variable, int index, int length) =>
        new()
        {
            ["name"] = variable,
            ["length"] = length,
            ["index"] = index + 1,
            ["index0"] = index,
            ["rindex"] = length - index,
            ["rindex0"] = length - index - 1,
            ["first"] = index == 0,
            ["last"] = index == length - 1,
        };

    private static void Restore(List<Hash> list, Hash[] items)
    {
        list.Clear();
        list.AddRange(items);
    }
}
