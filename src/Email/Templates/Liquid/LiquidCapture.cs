using System.Globalization;
using DotLiquid;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary><c>capture</c>: what a block prints becomes a value, within the limit of any output.</summary>
internal sealed class LiquidCapture : Block
{
    private string variable = "";

    public override void Initialize(string tagName, string markup, List<string> tokens)
    {
        variable = markup.Trim();
        base.Initialize(tagName, markup, tokens);
    }

    public override void Render(Context context, TextWriter result)
    {
        using var writer = new LimitedWriter(LiquidSandbox.MaxCharacters);
        base.Render(context, writer);
        context.Scopes[^1][variable] = writer.ToString();
    }
}

/// <summary>Text that ends with an exception where it passes a length.</summary>
internal sealed class LimitedWriter(int limit) : StringWriter(CultureInfo.InvariantCulture)
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
            throw new LiquidLimitException($"the output passes {limit} characters");
    }
}
