using MarketingPlatform.Chatbot.Catalogue;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>What the visitor looked for last.</summary>
/// <param name="Seen">Ids of the products that were shown for it, at most <see cref="MostSeen"/>.</param>
internal sealed record Sought(IReadOnlyList<string> Terms, PriceRange Price, IReadOnlyList<string> Seen)
{
    public const int MostSeen = 60;
}

/// <summary>How a message goes on from what was shown.</summary>
internal enum Refinement
{
    None,

    /// <summary>At another price.</summary>
    Price,

    /// <summary>More of the same.</summary>
    More,
}

/// <summary>What a message looks for in the catalogue.</summary>
/// <param name="IsBare">It names nothing itself: what was looked for before is meant.</param>
/// <param name="IsPlain">It names an amount, and only who looks for something means a price by it.</param>
/// <param name="Without">Ids of products that were shown already.</param>
/// <param name="Respelt">Words that the catalogue does not have, and those that are looked for instead.</param>
/// <param name="Own">How many of the terms, from the first on, a correction says itself: they count more than those of before.</param>
internal sealed record CatalogueSearch(
    IReadOnlyList<string> Terms,
    PriceRange Price,
    Refinement Refinement = Refinement.None,
    PriceRelation Relation = PriceRelation.None,
    bool IsBare = false,
    bool IsPlain = false,
    IReadOnlyList<string>? Without = null,
    IReadOnlyList<(string Said, string Meant)>? Respelt = null,
    int Own = 0
)
{
    public static readonly CatalogueSearch Nothing = new([], PriceRange.Any);

    /// <summary>With the catalogue's own words for those that are like them.</summary>
    public CatalogueSearch In(CatalogueWords catalogue)
    {
        var respelt = Terms.Select(term => (Said: term, Meant: catalogue.Like(term) ?? "")).Where(word => word.Meant.Length > 0).ToArray();
        return respelt.Length == 0
            ? this
            : this with
            {
                Terms = [.. Terms.Select(term => respelt.FirstOrDefault(word => word.Said == term).Meant ?? term).Distinct()],
                Respelt = respelt,
            };
    }

    /// <summary>Cheaper than what? Nothing was shown, and the message names nothing.</summary>
    public bool LacksSubject =>
        Terms.Count == 0 && !Price.IsBound && Relation is PriceRelation.None or PriceRelation.Cheaper or PriceRelation.Dearer;
}
