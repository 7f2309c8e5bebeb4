using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using DotLiquid;

namespace MarketingPlatform.Email.Templates;

/// <summary>
/// Liquid that can neither run away nor leak: the rounds of its loops, its time and its output are limited, it sees no file and no
/// .NET object (only the values of the model), and any error is an exception instead of a "Liquid error" in a customer's mail.
/// </summary>
internal static class LiquidSandbox
{
    private const int MaxIterations = 1_000;
    private const int MaxMilliseconds = 2_000;
    private const int MaxCharacters = 512 * 1024;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <exception cref="TemplateException">The source is not Liquid.</exception>
    public static Template Parse(string name, string source)
    {
        try
        {
            var template = Template.Parse(source, SyntaxCompatibility.DotLiquid22a);
            template.MakeThreadSafe();
            return template;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new TemplateException($"Template {name} cannot be read: {e.Message}", e);
        }
    }

    /// <exception cref="TemplateException">The template failed or passed a limit.</exception>
    public static string Render(string name, Template template, Hash model)
    {
        using var writer = new LimitedWriter(MaxCharacters);
        try
        {
            template.Render(
                writer,
                new RenderParameters(CultureInfo.InvariantCulture)
                {
                    LocalVariables = model,
                    ErrorsOutputMode = ErrorsOutputMode.Rethrow,
                    SyntaxCompatibilityLevel = SyntaxCompatibility.DotLiquid22a,
                    MaxIterations = MaxIterations,
                    Timeout = MaxMilliseconds,
                }
            );
            return writer.ToString();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new TemplateException($"Template {name} cannot be rendered: {e.Message}", e);
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

    private static object? Escape(object? value) =>
        value switch
        {
            string text => Encoder.Encode(text),
            Hash hash => Escape(hash),
            List<Hash> list => list.ConvertAll(Escape),
            null or int or bool => value,
            _ => throw new ArgumentException($"A mail's model holds texts, whole numbers and lists, not {value.GetType().Name}."),
        };

    private sealed class LimitedWriter(int limit) : StringWriter(CultureInfo.InvariantCulture)
    {
        public override void Write(char value)
        {
            Check(1);
            base.Write(value);
        }

        public override void Write(string? value)
        {
            Check(value?.Length ?? 0);
            base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            Check(count);
            base.Write(buffer, index, count);
        }

        private void Check(int more)
        {
            if (GetStringBuilder().Length + more > limit)
                throw new InvalidOperationException($"the output passes {limit} characters");
        }
    }
}

/// <summary>A template is wrong; sending the same mail again would fail again.</summary>
internal sealed class TemplateException(string message, Exception inner) : Exception(message, inner);
