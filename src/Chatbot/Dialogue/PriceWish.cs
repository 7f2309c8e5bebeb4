using System.Globalization;
using System.Text.RegularExpressions;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Entities;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>How a message speaks of prices without naming one.</summary>
internal enum PriceRelation
{
    None,

    /// <summary>Than what was shown.</summary>
    Cheaper,
    Dearer,
    Cheapest,
    Dearest,
}

/// <summary>What was said before a message that may name an amount and nothing else.</summary>
internal enum PriceContext
{
    None,

    /// <summary>Products were shown: "for 20" and "20 euros" are prices.</summary>
    Products,

    /// <summary>They were shown for an amount that was named: "30" is another one.</summary>
    Amounts,
}

/// <summary>What a message wants a product to cost: "cheaper", "between 10 and 20 euros", "the most expensive".</summary>
/// <param name="Least">At least so much, in units of the currency.</param>
/// <param name="Most">At most so much.</param>
/// <param name="Currency">ISO 4217; null where the amounts name none.</param>
/// <param name="IsPlain">It only names an amount: a wish where the message looks for something, else any number.</param>
/// <param name="IsSupposed">Nothing but its place says that the number is a price: "tea for 20".</param>
/// <param name="Rest">The message's words without those of the wish.</param>
internal sealed partial record PriceWish(
    PriceRelation Relation,
    decimal? Least,
    decimal? Most,
    string? Currency,
    bool IsPlain,
    bool IsSupposed,
    IReadOnlyList<string> Rest
)
{
    // "10 to 20": what may stand between two amounts of a range is short in every language.
    private const int LongestJoiner = 3;
    private const string Mark = "amountmark";

    private enum Kind
    {
        Word,
        Cheaper,
        Dearer,
        Cheapest,
        Dearest,
        About,
        AtMost,
        AtLeast,
        Amount,
    }

    private readonly record struct Part(Kind Kind, string Words, Amount? Amount = null);

    private sealed record Amount(string Written, decimal Value, string? Currency);

    /// <param name="currency">The shop's: which dollars are meant.</param>
    /// <param name="language">ISO 639-1 of the message.</param>
    /// <returns>Null where the message speaks of no price.</returns>
    public static PriceWish? Read(string text, PriceWords words, string currency, string language, PriceContext before = PriceContext.None)
    {
        var parts = Parts(text, words, currency);
        if (OnlyAmount(parts, language) is { } only && before >= (Bare(parts, only) ? PriceContext.Amounts : PriceContext.Products))
            return new PriceWish(PriceRelation.None, null, only.Value, only.Currency, false, false, []);
        var relation = parts.Select(part => part.Kind).FirstOrDefault(kind => kind is >= Kind.Cheaper and <= Kind.Dearest);
        var (least, most, named, plain, supposed) = Bounds(parts, relation, language);
        if (least is null && most is null && relation == Kind.Word)
            return null;
        return new PriceWish(
            // "Too expensive, 20 euros at most" says which price.
            relation switch
            {
                Kind.Cheaper when least is null && most is null => PriceRelation.Cheaper,
                Kind.Dearer when least is null && most is null => PriceRelation.Dearer,
                Kind.Cheapest => PriceRelation.Cheapest,
                Kind.Dearest => PriceRelation.Dearest,
                _ => PriceRelation.None,
            },
            least,
            most,
            named,
            plain && relation == Kind.Word,
            supposed,
            [.. parts.Where(part => part.Kind is Kind.Word or Kind.About).SelectMany(part => part.Words.Split(' '))]
        );
    }

    private static bool Bare(List<Part> parts, Amount only) => only.Currency is null && parts.All(part => part.Kind != Kind.About);

    private static Amount? OnlyAmount(List<Part> parts, string language) =>
        parts.All(part =>
            part.Kind is Kind.Amount or Kind.About || (part.Kind == Kind.Word && Catalogue.AskingWords.Hold(part.Words, language))
        ) && parts.Where(part => part.Kind == Kind.Amount).ToArray() is [{ Amount: { } amount }]
            ? amount
            : null;

    private static (decimal? Least, decimal? Most, string? Currency, bool Plain, bool Supposed) Bounds(
        List<Part> parts,
        Kind relation,
        string language
    )
    {
        var supposed = false;
        decimal? least = null;
        decimal? most = null;
        string? currency = null;
        var plain = true;
        // What was used of the message must not be looked for in the catalogue.
        for (var at = 0; at < parts.Count; at++)
        {
            if (parts[at].Amount is not { } amount)
                continue;
            var before = at > 0 ? parts[at - 1].Kind : Kind.Word;
            if (
                Partner(parts, at) is { } other
                && (amount.Currency ?? parts[other].Amount!.Currency ?? (before == Kind.AtLeast ? "" : null)) is not null
            )
            {
                var end = parts[other].Amount!;
                (least, most) = (Math.Min(amount.Value, end.Value), Math.Max(amount.Value, end.Value));
                (currency, plain) = (end.Currency ?? amount.Currency ?? currency, false);
                parts.RemoveRange(at + 1, other - at);
                continue;
            }
            var behind = at + 1 < parts.Count ? parts[at + 1].Kind : Kind.Word;
            // "Under 20" is a price, "over 2 weeks" is not.
            var counts =
                amount.Currency is null
                && at + 1 < parts.Count
                && parts[at + 1] is { Kind: Kind.Word, Words: var counted }
                && !Catalogue.AskingWords.Hold(counted, language);
            var bound =
                counts ? Kind.Word
                : before is Kind.AtMost or Kind.AtLeast ? before
                : amount.Currency is null && relation is Kind.Cheaper ? Kind.AtMost
                : amount.Currency is null && relation is Kind.Dearer ? Kind.AtLeast
                : amount.Currency is null ? (before == Kind.About ? Kind.About : Kind.Word)
                : Last(parts, at) is var last and not Kind.Word ? last
                : behind is Kind.AtMost or Kind.AtLeast ? behind
                : relation is Kind.Cheaper ? Kind.AtMost
                : relation is Kind.Dearer ? Kind.AtLeast
                : Kind.Amount;
            if (bound == Kind.Word)
            {
                parts[at] = new Part(Kind.Word, amount.Written);
                continue;
            }
            currency = amount.Currency ?? currency;
            plain &= bound is Kind.Amount or Kind.About;
            supposed |= bound == Kind.About;
            if (bound == Kind.AtLeast)
                least = amount.Value;
            else
                most = amount.Value;
        }
        // A bound of nothing is a word like any other.
        for (var at = 0; least is null && most is null && at < parts.Count; at++)
            if (parts[at].Kind is Kind.AtMost or Kind.AtLeast)
                parts[at] = parts[at] with { Kind = Kind.Word };
        return (least, most, currency, plain && (least is not null || most is not null), supposed);
    }

    /// <summary>The bound that was named last before this amount and after the one before it.</summary>
    private static Kind Last(List<Part> parts, int at)
    {
        for (var before = at - 1; before >= 0 && parts[before].Kind != Kind.Amount; before--)
            if (parts[before].Kind is Kind.AtMost or Kind.AtLeast)
                return parts[before].Kind;
        return Kind.Word;
    }

    /// <summary>Where the other end of a range stands.</summary>
    private static int? Partner(List<Part> parts, int at) =>
        at + 1 < parts.Count && parts[at + 1].Kind == Kind.Amount ? at + 1
        : at + 2 < parts.Count
        && parts[at + 1] is { Kind: Kind.Word or Kind.About, Words.Length: <= LongestJoiner }
        && parts[at + 2].Kind == Kind.Amount
            ? at + 2
        : null;

    private static List<Part> Parts(string text, PriceWords list, string currency)
    {
        List<Amount> amounts = [];
        var marked = text;
        foreach (var money in EntityFinder.Amounts(text, currency).OrderByDescending(money => money.Start))
        {
            amounts.Add(new(money.Text, decimal.Parse(money.Value.Split(' ')[0], CultureInfo.InvariantCulture), money.Value.Split(' ')[1]));
            marked = marked.Remove(money.Start, money.Text.Length).Insert(money.Start, $" {Mark}{amounts.Count - 1} ");
        }
        marked = NumberPattern()
            .Replace(
                marked,
                match =>
                {
                    amounts.Add(
                        new(
                            match.Value,
                            decimal.Parse(match.Value.Replace(',', '.'), NumberStyles.Number, CultureInfo.InvariantCulture),
                            null
                        )
                    );
                    return $" {Mark}{amounts.Count - 1} ";
                }
            );
        var words = Wording.Words(marked);
        (Kind Kind, PhraseList List)[] kinds =
        [
            (Kind.Cheaper, list.Cheaper),
            (Kind.Dearer, list.Dearer),
            (Kind.Cheapest, list.Cheapest),
            (Kind.Dearest, list.Dearest),
            (Kind.About, list.About),
            (Kind.AtMost, list.AtMost),
            (Kind.AtLeast, list.AtLeast),
        ];
        List<Part> parts = [];
        for (var place = 0; place < words.Count; )
        {
            if (
                words[place].StartsWith(Mark, StringComparison.Ordinal)
                && int.TryParse(words[place].AsSpan(Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number < amounts.Count
            )
            {
                parts.Add(new Part(Kind.Amount, "", amounts[number]));
                place++;
                continue;
            }
            var (kind, length) = kinds.Select(k => (k.Kind, Length: k.List.At(words, place))).MaxBy(k => k.Length);
            parts.Add(new Part(length > 0 ? kind : Kind.Word, string.Join(' ', words.Skip(place).Take(Math.Max(1, length)))));
            place += Math.Max(1, length);
        }
        return parts;
    }

    [GeneratedRegex(@"(?<![\p{L}\p{Nd}.,#_/-])\d{1,7}(?:[.,]\d{1,2})?(?![\p{L}\p{Nd}_/]|[.,]\d)", RegexOptions.CultureInvariant)]
    private static partial Regex NumberPattern();
}
