using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using DotLiquid;
using MarketingPlatform.Email.Templates.Liquid;

namespace MarketingPlatform.Email.Templates;

/// <summary>A template that is ready to render, by any thread, any number of times.</summary>
internal sealed class CompiledLiquid(string name, Template template, Hash constants)
{
    public string Name { get; } = name;

    public Hash Constants { get; } = constants;

    public void RenderInto(Context context, TextWriter result) => template.Root.Render(context, result);
}

/// <summary>
/// Liquid that can neither run away nor leak: the rounds of its loops, its time and its output are limited, it sees no file and no
/// .NET object (only the values of the model), and any error is an exception instead of a "Liquid error" in a customer's mail.
/// </summary>
internal static class LiquidSandbox
{
    private const int MaxRounds = 10_000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    /// <summary>The longest output of a rendering and the longest template, in characters.</summary>
    public const int MaxCharacters = 512 * 1024;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>What the reserved words stand for in every rendering.</summary>
    public static readonly Hash Words = new() { [LiquidExpression.Blank] = LiquidVoid.Blank, [LiquidExpression.Empty] = LiquidVoid.Empty };

    private static readonly ConcurrentBag<Context> Contexts = [];

    // DotLiquid's tags, filters and comparisons are the process's: this service is its only user.
    static LiquidSandbox()
    {
        // Its own come first, else they would replace ours at the first use.
        RuntimeHelpers.RunClassConstructor(typeof(DotLiquid.Liquid).TypeHandle);
        Template.RegisterTag<LiquidLoop>("for");
        Template.RegisterTag<LiquidTableRow>("tablerow");
        Template.RegisterTag<LiquidCycle>("cycle");
        Template.RegisterTag<LiquidCapture>("capture");
        Template.RegisterTag<LiquidOutput>(LiquidOutput.Word);
        Template.RegisterTag<LiquidPartial>("render");
        Template.RegisterTag<LiquidPartial>("include");
        LiquidFilterTable.Register();
        foreach (var type in new[] { typeof(System.Collections.IEnumerable), typeof(double), typeof(float), typeof(decimal) })
            Template.RegisterValueTypeTransformer(type, LiquidValues.Text);
        Condition.Operators["=="] = LiquidValues.Equals;
        Condition.Operators["!="] = (left, right) => !LiquidValues.Equals(left, right);
        Condition.Operators["<>"] = (left, right) => !LiquidValues.Equals(left, right);
        Condition.Operators["<"] = (left, right) => LiquidValues.Compares(left, right, order => order < 0);
        Condition.Operators["<="] = (left, right) => LiquidValues.Compares(left, right, order => order <= 0);
        Condition.Operators[">"] = (left, right) => LiquidValues.Compares(left, right, order => order > 0);
        Condition.Operators[">="] = (left, right) => LiquidValues.Compares(left, right, order => order >= 0);
        Condition.Operators["contains"] = LiquidValues.Contains;
    }

    /// <exception cref="TemplateException">The source is not Liquid, or longer than <see cref="MaxCharacters"/>.</exception>
    public static CompiledLiquid Parse(string name, string source)
    {
        if (source.Length > MaxCharacters)
            throw new TemplateException(
                $"Template {name} has {source.Length} characters; {MaxCharacters} are allowed. Link to pictures instead of holding them.",
                null
            );
        try
        {
            var normal = LiquidSource.Normalise(source);
            var template = Template.Parse(normal.Text, SyntaxCompatibility.DotLiquid22a);
            template.MakeThreadSafe();
            var constants = new Hash();
            foreach (var (key, value) in normal.Constants)
                constants[key] = value;
            return new CompiledLiquid(name, template, constants);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new TemplateException($"Template {name} cannot be read: {e.Message}", e);
        }
    }

    /// <param name="html">Whether the values of <paramref name="model"/> are escaped and the filters have to keep them so.</param>
    /// <param name="partials">The templates that <c>render</c> and <c>include</c> find by name.</param>
    /// <exception cref="TemplateException">The template failed or passed a limit.</exception>
    public static string Render(CompiledLiquid template, Hash model, bool html = false, Func<string, CompiledLiquid?>? partials = null)
    {
        var context = Contexts.TryTake(out var used) ? used : NewContext();
        using var writer = new LimitedWriter(MaxCharacters);
        try
        {
            context.Environments.Clear();
            context.Environments.AddRange([new Hash(), model, template.Constants, Words]);
            context.Scopes.Clear();
            context.Scopes.Add([]);
            context.Registers.Clear();
            context.Registers["html"] = html;
            context.Registers[LiquidPartial.Library] = partials;
            new LiquidBudget(MaxRounds, MaxTime).Attach(context);
            template.RenderInto(context, writer);
            var result = writer.ToString();
            // A context knows its filters by reflection: worth keeping, without what it showed. One that failed may be in any state.
            context.Errors.Clear();
            context.Environments.Clear();
            context.Scopes.Clear();
            context.Registers.Clear();
            Contexts.Add(context);
            return result;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new TemplateException($"Template {template.Name} cannot be rendered: {e.Message}", e);
        }
    }

    /// <summary>
    /// The same model with every text HTML-escaped. Liquid does not escape by itself, so nothing unescaped may reach an HTML template:
    /// whatever tag or filter prints a value, it prints an escaped one.
    /// </summary>
    public static Hash Escape(Hash model)
    {
        var escaped = new Hash();
        foreach (var (key, value) in model)
            escaped[key] = Escape(value);
        return escaped;
    }

    /// <summary>HTML that shows <paramref name="text"/>; a line end stays one.</summary>
    public static string Encode(string text) => Encoder.Encode(text).Replace("&#xA;", "\n", StringComparison.Ordinal);

    private static object? Escape(object? value) =>
        value switch
        {
            string text => Encode(text),
            Hash hash => Escape(hash),
            List<Hash> list => list.ConvertAll(Escape),
            List<object?> list => list.ConvertAll(Escape),
            null or int or long or bool or double or decimal => value,
            _ => throw new ArgumentException($"A mail's model holds texts, numbers and lists, not {value.GetType().Name}."),
        };

    private static Context NewContext() =>
        new([], [], [], ErrorsOutputMode.Rethrow, MaxRounds, CultureInfo.InvariantCulture, CancellationToken.None)
        {
            SyntaxCompatibilityLevel = SyntaxCompatibility.DotLiquid22a,
        };
}

/// <summary>A template is wrong; sending the same mail again would fail again.</summary>
internal sealed class TemplateException(string message, Exception? inner) : Exception(message, inner);
