using MarketingPlatform.Chatbot.Catalogue;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>Which words of a conversation are looked for in the catalogue.</summary>
internal static class DialogueSearch
{
    /// <summary>
    /// The words of the message; with those that were looked for before where it corrects them ("no, the red one") or answers a question
    /// about them, and those alone where it names nothing itself ("something cheaper", "what else").
    /// </summary>
    /// <param name="currency">The shop's: which dollars are meant.</param>
    public static CatalogueSearch Of(string text, DialogueState state, Script script, string currency)
    {
        // Who picks a suggestion means the sentence before.
        if (Fallback.Picked(text, state, script) is not null)
            text = state.Misunderstanding!.Text;
        var correction = ShortAnswer.Correction(text, script);
        if (PriceWish.Read(correction ?? text, script.Words.Price, currency, script.Language, PricesBefore(state, script)) is { } wish)
            return Priced(wish, state, script);
        if (IsMore(text, state, script) && state.Sought is { } before)
            return new(before.Terms, before.Price, Refinement.More, IsBare: true, Without: before.Seen);
        // "Something cheaper", "Than what?", "tea": what was wished for still holds.
        var price = correction is not null || state is { Form.Asking: not null, Sought.Terms.Count: 0 } ? state.Sought?.Price : null;
        if (correction is null)
            return new(ProductSearch.Terms(text, script.Language), price ?? PriceRange.Any);
        IReadOnlyList<string> words = [.. ProductSearch.Terms(correction, script.Language).Except(Fillers)];
        return new(
            words.Count == 0 ? words : [.. words.Union(Before(state.Form ?? state.Done, script))],
            price ?? PriceRange.Any,
            Own: words.Count
        );
    }

    /// <summary>"And the others?": nothing but a wish for what was not told yet.</summary>
    public static bool AsksForOther(string text, Script script) =>
        script.Words.Other.Without(Understanding.Wording.Words(text)) is { } rest && rest.All(word => SaysNothing(word, script));

    public static bool SaysNothing(string word, Script script) =>
        word.Length < 2 || Fillers.Contains(word) || AskingWords.Hold(word, script.Language);

    private static bool FoundLast(DialogueState state, Script script) =>
        state is { Shown.Count: > 0, Done: { } done } && script.Intent(done.Intent) is { Do: Deed.FindProducts };

    private static PriceContext PricesBefore(DialogueState state, Script script) =>
        state.Form is not null || !FoundLast(state, script) ? PriceContext.None
        : state.Sought is { Price: { IsBound: true, IsRelative: false } } ? PriceContext.Amounts
        : PriceContext.Products;

    private static bool IsMore(string text, DialogueState state, Script script) =>
        FoundLast(state, script) && AsksForOther(ShortAnswer.Correction(text, script) ?? text, script);

    private static CatalogueSearch Priced(PriceWish wish, DialogueState state, Script script)
    {
        var rest = string.Join(' ', wish.Rest);
        IReadOnlyList<string> own = [.. ProductSearch.Terms(rest, script.Language).Except(Fillers)];
        var before = state.Sought?.Terms ?? [];
        var isBare = own.Count == 0;
        var terms = isBare ? before : own;
        var old = isBare ? state.Sought?.Price ?? PriceRange.Any : PriceRange.Any;
        var named = Best(rest, state.Shown, product => product.Name);
        var goesOn = isBare || named.Count > 0 || Names(rest).Intersect(before.SelectMany(Names)).Any();
        var than = (
            named.Count == 1 ? named
            : goesOn ? state.Shown
            : []
        ).Where(product => product.Price is not null).ToArray();
        var price = wish.Relation switch
        {
            PriceRelation.Cheaper when than.MinBy(p => p.Price) is { Price: { } least } cheapest => old.And(
                new(Most: least, LessThanMost: true, Currency: cheapest.Currency, Order: PriceOrder.Dearest)
            ),
            PriceRelation.Dearer when than.MaxBy(p => p.Price) is { Price: { } most } dearest => old.And(
                new(Least: most, MoreThanLeast: true, Currency: dearest.Currency, Order: PriceOrder.Cheapest)
            ),
            PriceRelation.Cheapest or PriceRelation.Dearest when old.IsRelative => Named(
                wish,
                wish.Relation == PriceRelation.Cheapest ? PriceOrder.Cheapest : PriceOrder.Dearest
            ),
            PriceRelation.Cheaper or PriceRelation.Cheapest => old.And(Named(wish, PriceOrder.Cheapest)),
            PriceRelation.Dearer or PriceRelation.Dearest => old.And(Named(wish, PriceOrder.Dearest)),
            // The nearest to what somebody names comes first.
            _ => old.And(Named(wish, wish.Most is null ? PriceOrder.Cheapest : PriceOrder.Dearest)),
        };
        return new(terms, price, Refinement.Price, wish.Relation, isBare, wish.IsPlain);
    }

    private static PriceRange Named(PriceWish wish, PriceOrder order) =>
        new(wish.Least, wish.Most, Currency: wish.Currency, Order: order, IsSupposed: wish.IsSupposed);

    /// <summary>Words of a message that may name one of a few things.</summary>
    public static IReadOnlyList<string> Names(string text) =>
        [.. Understanding.Wording.Words(text).Where(word => word.Length > 1 && !Fillers.Contains(word)).Select(Stem).Distinct()];

    /// <returns>Of the candidates those that have most of the words in their names; empty where none has any.</returns>
    public static IReadOnlyList<T> Best<T>(string text, IEnumerable<T> candidates, Func<T, string> name)
    {
        var asked = Names(text);
        var scored = candidates
            .Select(candidate => (candidate, Score: Names(name(candidate)).Count(word => asked.Contains(word))))
            .Where(scored => scored.Score > 0)
            .ToArray();
        return scored.Length == 0 ? [] : [.. scored.Where(s => s.Score == scored.Max(other => other.Score)).Select(s => s.candidate)];
    }

    private static IEnumerable<string> Before(FormState? form, Script script) =>
        form is not null
        && script.Intent(form.Intent)?.Slots.FirstOrDefault(slot => slot.Kind == SlotKind.Product) is { } slot
        && form.Slots.TryGetValue(slot.Name, out var before)
            ? ProductSearch.Terms(before.Value, script.Language)
            : [];

    private static string Stem(string word) =>
        word.Length > 3 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1] : word;

    private static readonly HashSet<string> Fillers =
    [
        .. (
            "the an of in on is it that this these those with and or one ones my me to for from was be am are not no order orders about mean meant "
            + "please other another want would like product products item items number where what which "
            + "bestellung bestellungen commande commandes"
        ).Split(' '),
    ];
}
