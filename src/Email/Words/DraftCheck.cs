using System.Globalization;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Email.Words;

/// <summary>A product as the catalogue has it: all that a draft may say.</summary>
internal sealed record ProductFact(string ProductId, string Name, string? Category, decimal? Price, string Currency, bool InStock);

/// <summary>
/// Checks what a language model wrote: numbers and prices must be the catalogue's, no claim that the catalogue cannot prove, no markup, no
/// Liquid but the names of the recipient and the shop. It errs on the side of refusing: a person can still write the sentence.
/// </summary>
internal static partial class DraftCheck
{
    private const int MaxLength = 200;

    private static readonly string[] Claims =
    [
        "best",
        "cheapest",
        "lowest price",
        "guarantee",
        "free",
        "discount",
        "sale",
        "% off",
        "save ",
        "limited",
        "only today",
        "last chance",
        "while stocks last",
        "award",
        "certified",
        "organic",
        "sustainable",
        "healthy",
        "cure",
        "no. 1",
        "#1",
        "best-selling",
        "bestseller",
        "bestes",
        "günstigste",
        "garantie",
        "gratis",
        "kostenlos",
        "rabatt",
        "nur heute",
        "letzte chance",
        "testsieger",
        "nachhaltig",
        "meilleur",
        "gratuit",
        "garanti",
        "remise",
        "soldes",
        "dernière chance",
        "bio ",
    ];

    private static readonly HashSet<string> Liquid = ["customer.first_name", "shop.name"];

    /// <param name="approvedClaims">Claims that the shop has said are true ("organic").</param>
    /// <returns>What is wrong; empty for a draft that a person may look at.</returns>
    public static IReadOnlyList<string> Check(string text, IReadOnlyList<ProductFact> facts, IReadOnlyList<string> approvedClaims)
    {
        List<string> faults = [];
        if (text.Trim().Length is 0 or > MaxLength)
            faults.Add($"It must have 1 to {MaxLength} characters.");
        if (text.Any(char.IsControl))
            faults.Add("It has a control character.");
        if (text.Contains('<') || text.Contains('>'))
            faults.Add("It has markup.");
        if (Links().IsMatch(text))
            faults.Add("It has a link or an address.");
        if (
            text.Contains("{%", StringComparison.Ordinal)
            || Outputs().Matches(text).Any(output => !Liquid.Contains(output.Groups[1].Value.Trim()))
            || Outputs().Replace(text, "").AsSpan().IndexOfAny('{', '}') >= 0
        )
            faults.Add("It has Liquid other than {{ customer.first_name }} and {{ shop.name }}.");
        var ownWords = WithoutNames(text, facts);
        foreach (var number in Numbers().Matches(ownWords).Select(match => match.Value).Distinct())
            if (!facts.Any(fact => fact.Price is { } price && IsPrice(number, price)))
                faults.Add($"The number {number} is no price of the products asked for.");
        foreach (var claim in Claims)
            if (
                ownWords.Contains(claim, StringComparison.OrdinalIgnoreCase)
                && !approvedClaims.Any(approved => approved.Contains(claim.Trim(), StringComparison.OrdinalIgnoreCase))
            )
                faults.Add(
                    $"'{claim.Trim()}' is a claim that the catalogue cannot prove; add it to Email:Drafter:ApprovedClaims where it is true."
                );
        foreach (var fact in facts.Where(fact => !fact.InStock && text.Contains(fact.Name, StringComparison.OrdinalIgnoreCase)))
            faults.Add($"{fact.Name} is out of stock.");
        return faults;
    }

    // What stands in a product's name is part of the name.
    private static string WithoutNames(string text, IReadOnlyList<ProductFact> facts) =>
        facts.Aggregate(text, (rest, fact) => rest.Replace(fact.Name, "", StringComparison.OrdinalIgnoreCase));

    private static bool IsPrice(string number, decimal price) =>
        decimal.TryParse(number.Replace(',', '.'), NumberStyles.Number, CultureInfo.InvariantCulture, out var value) && value == price;

    [GeneratedRegex(@"\d+(?:[.,]\d+)?")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"https?:|www\.|@|\b[a-z0-9-]+\.(?:com|net|org|de|fr|io|shop)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Links();

    [GeneratedRegex(@"\{\{(.*?)\}\}")]
    private static partial Regex Outputs();
}
