using DotLiquid;

namespace MarketingPlatform.Email.Templates;

/// <summary>A rendered mail.</summary>
internal sealed record MailContent(string Subject, string Html, string Text);

/// <summary>
/// The embedded templates: a folder for each mail with subject, html and text, and the layout they share. Read once, used by all
/// threads.
/// </summary>
internal sealed class MailTemplates
{
    private readonly Dictionary<string, Template> templates = [];

    public MailTemplates()
    {
        var assembly = typeof(MailTemplates).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.EndsWith(".liquid", StringComparison.Ordinal))
                continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            templates[resource] = LiquidSandbox.Parse(resource, reader.ReadToEnd());
        }
    }

    /// <returns>Whether there is a mail of that name.</returns>
    public bool Exists(string mail) => templates.ContainsKey($"Templates/{mail}/subject.liquid");

    /// <param name="mail">Name of the folder ("welcome", "abandoned-cart").</param>
    /// <exception cref="TemplateException">There is no such mail, or it cannot be rendered.</exception>
    public MailContent Render(string mail, MailModel model)
    {
        var values = model.ToLiquid();
        var escaped = LiquidSandbox.Escape(values);
        var subject = MailModel.Clean(Render($"{mail}/subject", values)) ?? model.Shop.Name;
        return new(subject, InLayout("html", mail, escaped), InLayout("text", mail, values));
    }

    // The inner part is rendered first and handed to the layout as it is: it is our template's output, with its values already escaped.
    private string InLayout(string part, string mail, Hash values)
    {
        var content = Render($"{mail}/{part}", values);
        return Render($"layout/{part}", new Hash { ["content"] = content, ["subject"] = Render($"{mail}/subject", values).Trim() }, values);
    }

    private string Render(string name, params ReadOnlySpan<Hash> models)
    {
        if (!templates.TryGetValue($"Templates/{name}.liquid", out var template))
            throw new TemplateException($"There is no template {name}.", new FileNotFoundException(name));
        var merged = new Hash();
        foreach (var model in models)
            merged.Merge(model);
        return LiquidSandbox.Render(name, template, merged);
    }
}
