using System.Text.RegularExpressions;
using MarketingPlatform.Chatbot.Understanding;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>What cannot be used, and where.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal sealed record ScriptFault(long Line, long Column, string Message);

/// <summary>Reads a dialogue from YAML and checks it whole: all faults are told at once, each with its line.</summary>
internal sealed partial class ScriptReader
{
    public const int MaxCharacters = 256 * 1024;
    private const int MaxDepth = 12;
    private const int MaxFaults = 50;

    private static readonly string[] WordLists =
    [
        "yes",
        "no",
        "cancel",
        "correct",
        "again",
        "it",
        "other",
        "places",
        "and",
        "which",
        "compare",
        "cheaper",
        "dearer",
        "cheapest",
        "dearest",
        "about",
        "at-most",
        "at-least",
    ];

    private static readonly string[] Everywhere = ["shop", "site", "abilities"];

    private readonly List<ScriptFault> faults = [];
    private Defaults defaults = Defaults.Of("en");

    /// <returns>The script, or null beside what is wrong with it.</returns>
    public static (Script? Script, IReadOnlyList<ScriptFault> Faults) Read(string yaml)
    {
        if (yaml.Length > MaxCharacters)
            return (null, [new(1, 1, $"Write at most {MaxCharacters / 1024} KB.")]);
        var reader = new ScriptReader();
        try
        {
            CheckDepth(yaml);
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
                return (null, [new(1, 1, "Write one document of 'name: value' lines, as GET /api/v1/chat/dialogue shows it.")]);
            var script = reader.Whole(root);
            return reader.faults.Count == 0
                ? (script, [])
                : (null, [.. reader.faults.OrderBy(f => f.Line).ThenBy(f => f.Column).Take(MaxFaults)]);
        }
        catch (YamlException e)
        {
            return (null, [new(e.Start.Line, e.Start.Column, "This is not YAML: " + (e.InnerException?.Message ?? e.Message))]);
        }
    }

    // The loader goes down as deep as the text says; this looks first, without going anywhere.
    private static void CheckDepth(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth + 2)
                throw new YamlException(parser.Current.Start, parser.Current.End, $"nothing here goes deeper than {MaxDepth} levels");
            if (parser.Current is YamlDotNet.Core.Events.AnchorAlias)
                throw new YamlException(parser.Current.Start, parser.Current.End, "write the value again instead of an alias (*name)");
        }
    }

    private Script Whole(YamlMappingNode root)
    {
        var all = Map(root, ["version", "language", "words", "says", "people", "loyalty", "intents"]);
        if (all.TryGetValue("version", out var version) && Scalar(version) != "1")
            Fault(version, "This service reads version 1.");
        if (!all.ContainsKey("intents"))
            Fault(root, "Write 'intents:' with what the bot can do.");
        var language = "en";
        if (all.TryGetValue("language", out var tongue) && (language = Scalar(tongue)) is not [>= 'a' and <= 'z', >= 'a' and <= 'z'])
            Fault(tongue, "Write two lower-case letters such as en.");
        // What a shop leaves out is said in its language, where it comes in that.
        defaults = Defaults.Of(language);
        var words = Words(all.GetValueOrDefault("words"));
        var says = Says(all.GetValueOrDefault("says"));
        return new Script(
            language,
            words,
            says,
            PeopleOf(all.GetValueOrDefault("people")),
            Loyalty(all.GetValueOrDefault("loyalty")),
            Intents(all.GetValueOrDefault("intents"))
        );
    }

    private ShortAnswers Words(YamlNode? node)
    {
        var lists = node is null ? [] : Map(node, WordLists);
        return new(
            Of("yes"),
            Of("no"),
            Of("cancel"),
            Of("correct"),
            Of("again"),
            Of("it"),
            new(Of("other")),
            [.. Of("places").Select(place => new PhraseList([place]))],
            new(Of("and")),
            new(Of("which")),
            new(Of("compare")),
            new(
                new(Of("cheaper")),
                new(Of("dearer")),
                new(Of("cheapest")),
                new(Of("dearest")),
                new(Of("about")),
                new(Of("at-most")),
                new(Of("at-least"))
            )
        );

        // What a shop leaves out stays as it comes.
        IReadOnlyList<string> Of(string name) =>
            lists.TryGetValue(name, out var list) ? Texts(list) : defaults.Words.GetValueOrDefault(name, []);
    }

    private Dictionary<string, string> Says(YamlNode? node)
    {
        var says = new Dictionary<string, string>(defaults.Says, StringComparer.Ordinal);
        foreach (var (name, text) in node is null ? [] : Pairs(node, [.. defaults.Says.Keys]))
        {
            says[name] = Sentence(text, defaults.PlaceholdersOf(name));
            if (name == "code-mail" && !says[name].Contains("{code}", StringComparison.Ordinal))
                Fault(text, "Write {code} where the code stands: without it nobody can sign in.");
        }
        return says;
    }

    private Staff PeopleOf(YamlNode? node)
    {
        var all = node is null ? [] : Map(node, ["hours", "mail", "webhook"]);
        var hours = OpeningHours.Always;
        if (all.TryGetValue("hours", out var when))
        {
            if (OpeningHours.Read(Scalar(when)) is { } read)
                hours = read;
            else
                Fault(when, "Write 'always', or days and hours like 'mon-fri 09:00-17:00'.");
        }
        string? mail = null;
        if (all.TryGetValue("mail", out var address) && !AddressPattern().IsMatch(mail = Scalar(address)))
            Fault(address, "Write one e-mail address.");
        Uri? hook = null;
        if (
            all.TryGetValue("webhook", out var url)
            && !(Uri.TryCreate(Scalar(url), UriKind.Absolute, out hook) && hook.Scheme == Uri.UriSchemeHttps && hook.UserInfo.Length == 0)
        )
            Fault(url, "Write an address that begins with https://, without a user name.");
        return new(hours, mail, hook);
    }

    private List<LoyaltyTier> Loyalty(YamlNode? node)
    {
        List<LoyaltyTier> tiers = [];
        foreach (var item in node is null ? [] : Items(node))
        {
            var tier = Map(item, ["name", "orders"]);
            if (!tier.TryGetValue("name", out var name) || !tier.TryGetValue("orders", out var orders))
                Fault(item, "Write a tier as { name: Silver, orders: 4 }.");
            else if (!int.TryParse(Scalar(orders), out var count) || count < 1)
                Fault(orders, "Write a whole number of at least 1.");
            else
                tiers.Add(new(Scalar(name), count));
        }
        return [.. tiers.OrderBy(tier => tier.Orders)];
    }

    private Dictionary<string, ScriptIntent> Intents(YamlNode? node)
    {
        var intents = new Dictionary<string, ScriptIntent>(StringComparer.Ordinal);
        if (node is null)
            return intents;
        foreach (var (name, body) in Pairs(node, null))
            intents[name] = Intent(name, body);
        if (!intents.Values.Any(intent => intent.Do == Deed.Handoff))
            Fault(node, "Some intent must have 'do: handoff': who is not understood must reach a person.");
        return intents;
    }

    private ScriptIntent Intent(string name, YamlNode node)
    {
        var body = Map(node, ["title", "say", "private", "articles", "slots", "confirm", "do"]);
        List<ScriptSlot> slots = [];
        foreach (var (slot, definition) in body.TryGetValue("slots", out var given) ? Pairs(given, null) : [])
            slots.Add(Slot(slot, definition));
        string[] named = [.. slots.Select(slot => slot.Name)];
        var deed = body.TryGetValue("do", out var what) ? OneOf<Deed>(what) : Deed.Nothing;
        var isPrivate = body.TryGetValue("private", out var secret) && Yes(secret);
        var articles = body.TryGetValue("articles", out var first);
        if (articles && Scalar(first!) != "first")
            Fault(first!, "Write 'first', or leave the line out.");
        if (
            !isPrivate
            && (
                deed is Deed.OrderStatus or Deed.ReturnRequest or Deed.Loyalty
                || slots.Any(s => s.Kind is SlotKind.Order or SlotKind.OrderLine)
            )
        )
            Fault(node, $"'{name}' speaks of a person's own orders: write 'private: true'.");
        foreach (var (of, kind) in Needed(deed))
            if (!slots.Any(slot => slot.Name == of && slot.Kind == kind))
                Fault(node, $"'do: {Kebab(deed.ToString())}' needs a slot '{of}' of kind {Kebab(kind.ToString())}.");
        if (
            slots.FindIndex(s => s.Kind == SlotKind.OrderLine) is >= 0 and var line
            && slots.FindIndex(s => s.Kind == SlotKind.Order) is var order
            && (order < 0 || order > line)
        )
            Fault(node, "A slot of kind order-line needs one of kind order before it.");
        if (slots.Count == 0 && deed == Deed.Nothing && !body.ContainsKey("say"))
            Fault(node, $"Write what '{name}' says ('say:') or does ('do:').");
        return new(
            name,
            body.TryGetValue("title", out var title) ? Sentence(title, []) : null,
            body.TryGetValue("say", out var say) ? Sentence(say, []) : null,
            isPrivate,
            articles,
            slots,
            body.TryGetValue("confirm", out var confirm) ? Sentence(confirm, named) : null,
            deed
        );
    }

    private ScriptSlot Slot(string name, YamlNode node)
    {
        var body = Map(node, ["kind", "ask", "or", "options"]);
        var kind = SlotKind.Text;
        if (body.TryGetValue("kind", out var written))
            kind = OneOf<SlotKind>(written);
        else
            Fault(node, "Write 'kind:', one of " + Names<SlotKind>() + ".");
        if (!body.ContainsKey("ask"))
            Fault(node, $"Write 'ask:', the question for '{name}'.");
        if (body.TryGetValue("or", out var other) && (Scalar(other) != "latest" || kind != SlotKind.Order))
            Fault(other, "Only an order can have 'or: latest'.");
        List<SlotOption> options = [];
        foreach (var (option, meaning) in body.TryGetValue("options", out var given) ? Pairs(given, null) : [])
            options.Add(new(option, [option.ToLowerInvariant(), .. Texts(meaning)]));
        if ((kind == SlotKind.Choice) != options.Count > 0)
            Fault(node, "A choice, and nothing else, has 'options:'.");
        return new(name, kind, body.TryGetValue("ask", out var ask) ? Sentence(ask, ["options"]) : "", other is not null, options);
    }

    private static IEnumerable<(string Slot, SlotKind Kind)> Needed(Deed deed) =>
        deed switch
        {
            Deed.OrderStatus => [("order", SlotKind.Order)],
            Deed.ReturnRequest => [("order", SlotKind.Order), ("item", SlotKind.OrderLine)],
            Deed.FindProducts => [("product", SlotKind.Product)],
            _ => [],
        };

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    private static partial Regex AddressPattern();
}
