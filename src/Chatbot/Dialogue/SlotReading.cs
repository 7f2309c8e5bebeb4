using System.Globalization;
using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Entities;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>What a message says for a slot.</summary>
internal abstract record SlotReading
{
    public sealed record Filled(SlotValue Value) : SlotReading;

    /// <summary>It names something that the visitor has not.</summary>
    public sealed record Wrong(string Why) : SlotReading;

    public sealed record Nothing : SlotReading;

    private static readonly Nothing None = new();

    /// <param name="asked">The slot was asked for: a short answer that says nothing else is meant for it.</param>
    /// <param name="form">The form with what is known already.</param>
    public static SlotReading Read(ScriptSlot slot, string text, Turn turn, FormState form, bool asked) =>
        slot.Kind switch
        {
            SlotKind.Order => Order(text, turn, asked),
            SlotKind.OrderLine => OrderLine(text, LinesOf(turn, form), asked ? turn.Script : null),
            SlotKind.Product => Product(text, turn, asked),
            SlotKind.Choice => Choice(text, slot.Options, asked ? turn.Script : null),
            SlotKind.Email => OfEntity(turn, EntityKind.Email),
            SlotKind.Date => OfEntity(turn, EntityKind.Date),
            SlotKind.Number => Number(text),
            _ => asked && text.Trim().Length > 0 ? Fill(text.Trim(), text.Trim()) : None,
        };

    /// <summary>What can be chosen for a slot; empty where anything can be said.</summary>
    public static IReadOnlyList<string> Options(ScriptSlot slot, Turn turn, FormState form) =>
        slot.Kind switch
        {
            SlotKind.Order => [.. turn.Orders.Take(MaxOptions).Select(order => order.OrderId)],
            SlotKind.OrderLine => [.. LinesOf(turn, form).Take(MaxOptions).Select(line => line.Name)],
            SlotKind.Choice => [.. slot.Options.Select(option => option.Name)],
            _ => [],
        };

    private const int MaxOptions = 5;

    /// <summary>By its number, as the latest, as "it" where one was spoken of, or by what was in it.</summary>
    private static SlotReading Order(string text, Turn turn, bool asked)
    {
        var mention = OrderMention.Read(text, [.. turn.Orders.Select(order => order.OrderId)]);
        if (mention.OrderId is { } id)
            return Fill(id, id);
        if (mention.NamesAnother)
            return new Wrong(turn.Says("not-yours"));
        if (asked && Place(text, Math.Min(turn.Orders.Count, MaxOptions), turn.Script) is { } place)
            return Fill(turn.Orders[place].OrderId, turn.Orders[place].OrderId);
        // Who is asked for a number and gives one, however short, means an order.
        if (asked && OrderMention.IsOnlyNumber(text))
            return new Wrong(turn.Says("not-yours"));
        if (mention.Latest && turn.Orders.Count > 0)
            return Fill(turn.Orders[0].OrderId, turn.Orders[0].OrderId);
        var holding = DialogueSearch.Best(text, turn.Orders, order => string.Join(' ', order.Lines.Select(line => line.Name)));
        if (holding.Count == 1)
            return Fill(holding[0].OrderId, holding[0].OrderId);
        return turn.State.OrderId is { } spokenOf && ShortAnswer.IsIt(text, turn.Script) ? Fill(spokenOf, spokenOf) : None;
    }

    private static SlotReading OrderLine(string text, IReadOnlyList<KnownLine> lines, Script? asked)
    {
        if (Place(text, lines.Count, asked) is { } place)
            return Fill(lines[place].ProductId, lines[place].Name);
        var named = DialogueSearch.Best(text, lines, line => line.Name);
        return named.Count == 1 ? Fill(named[0].ProductId, named[0].Name) : None;
    }

    private static SlotReading Product(string text, Turn turn, bool asked)
    {
        var shown = DialogueSearch.Best(text, turn.State.Shown, product => product.Name);
        var corrects = ShortAnswer.Correction(turn.Text, turn.Script) is not null;
        // "the blue teapot" is none of those shown where only a red one is.
        if (corrects && shown.Count == 1 && DialogueSearch.Names(text).All(DialogueSearch.Names(shown[0].Name).Contains))
            return Fill(shown[0].Name, shown[0].Name);
        // "Something under 20 euros" names no product, and is enough to look for one.
        if (turn.Search is { Refinement: not Refinement.None, LacksSubject: false } priced)
            return Fill(string.Join(' ', priced.Terms), string.Join(' ', priced.Terms));
        var terms = corrects ? Corrected(text, turn.Search.Terms, turn.Products) : turn.Search.Terms;
        var means = asked || turn.Products.Count > 0 || turn.Sure?.Do == Deed.FindProducts;
        return terms.Count > 0 && means && (!corrects || turn.Products.Count > 0)
            ? Fill(string.Join(' ', terms), string.Join(' ', terms))
            : None;
    }

    /// <summary>"The red one" keeps of what was looked for before what red things have: the teapot, not the blue.</summary>
    private static IReadOnlyList<string> Corrected(string text, IReadOnlyList<string> terms, IReadOnlyList<FoundProduct> found)
    {
        var asked = DialogueSearch.Names(text);
        var fitting = found.Where(product => asked.All(DialogueSearch.Names(product.Name).Contains)).ToArray();
        return
        [
            .. terms.Where(term =>
                DialogueSearch.Names(term) is var names
                && (names.Any(asked.Contains) || fitting.Any(product => names.All(DialogueSearch.Names(product.Name).Contains)))
            ),
        ];
    }

    private static SlotReading Choice(string text, IReadOnlyList<SlotOption> options, Script? asked)
    {
        if (Place(text, options.Count, asked) is { } place)
            return Fill(options[place].Name, options[place].Name);
        var padded = $" {string.Join(' ', Wording.Words(text))} ";
        // The longest words that fit say most.
        var fitting = options
            .Select(option =>
                (
                    option,
                    Longest: option
                        .Words.Where(word => padded.Contains($" {string.Join(' ', Wording.Words(word))} ", StringComparison.Ordinal))
                        .Select(word => word.Length)
                        .DefaultIfEmpty()
                        .Max()
                )
            )
            .Where(fit => fit.Longest > 0)
            .OrderByDescending(fit => fit.Longest)
            .ToArray();
        return fitting.Length > 0 && (fitting.Length == 1 || fitting[0].Longest > fitting[1].Longest)
            ? Fill(fitting[0].option.Name, fitting[0].option.Name)
            : None;
    }

    private static SlotReading Number(string text)
    {
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (decimal.TryParse(word.Trim(',', '.', '!', '?'), NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
                return Fill(number.ToString(CultureInfo.InvariantCulture), word);
        return None;
    }

    private static SlotReading OfEntity(Turn turn, EntityKind kind) =>
        turn.Understood.Entities.FirstOrDefault(entity => entity.Kind == kind) is { } entity ? Fill(entity.Value, entity.Text) : None;

    private static IReadOnlyList<KnownLine> LinesOf(Turn turn, FormState form) =>
        turn.Orders.FirstOrDefault(order => form.Slots.Values.Any(slot => slot.Value == order.OrderId))?.Lines ?? [];

    /// <summary>"2", "2." and "the second one" are the second of what was listed.</summary>
    /// <param name="asked">The dialogue whose question listed them; null where nobody was asked.</param>
    private static int? Place(string text, int count, Script? asked)
    {
        if (int.TryParse(text.Trim().TrimEnd('.', ')'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number >= 1 && number <= count ? number - 1 : null;
        if (asked is null)
            return null;
        var words = Wording.Words(text);
        for (var place = 0; place < Math.Min(count, asked.Words.Places.Count); place++)
            if (asked.Words.Places[place].Without(words) is { } rest && rest.All(word => DialogueSearch.SaysNothing(word, asked)))
                return place;
        return null;
    }

    private static Filled Fill(string value, string shown) => new(new SlotValue(value, shown));
}
