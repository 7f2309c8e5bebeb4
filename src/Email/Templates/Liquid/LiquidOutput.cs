using DotLiquid;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>
/// <c>{{ customer.first_name }}</c>: a value by its path and nothing else, as most outputs of mails are. The path is taken apart once;
/// DotLiquid's own outputs do so at each rendering.
/// </summary>
internal sealed class LiquidOutput : Tag
{
    /// <summary>Nobody can write this tag: <see cref="LiquidSource"/> lets only Liquid's own through.</summary>
    public const string Word = "output";

    private static readonly HashSet<string> Literals = ["nil", "null", "true", "false", "empty", "blank"];

    private string[] path = [];
    private Variable variable = null!;

    /// <returns>Whether an output is a path of names: no literal, no index, no filter.</returns>
    public static bool IsPath(string markup) =>
        char.IsAsciiLetter(markup[0])
        && markup.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.')
        && markup.Split('.') is var names
        && Array.TrueForAll(names, name => name.Length > 0)
        && !Literals.Contains(names[0]);

    public override void Initialize(string tagName, string markup, List<string> tokens)
    {
        path = markup.Trim().Split('.');
        variable = new Variable(markup.Trim());
        base.Initialize(tagName, markup, tokens);
    }

    public override void Render(Context context, TextWriter result)
    {
        if (Find(context) is (string or int or long) and var value)
            result.Write(LiquidValues.Text(value));
        else
            // Nothing, or what prints by rules of its own (size, first, lists).
            variable.Render(context, result);
    }

    private object? Find(Context context)
    {
        // The innermost that knows the name wins, as in all of Liquid, also where it says that there is nothing.
        var place = Knowing(context.Scopes) ?? Knowing(context.Environments);
        object? value = place;
        foreach (var name in path)
            if (value is not Hash hash || !hash.TryGetValue(name, out value))
                return null;
        return value;
    }

    private Hash? Knowing(List<Hash> places)
    {
        foreach (var place in places)
            if (place.ContainsKey(path[0]))
                return place;
        return null;
    }
}
