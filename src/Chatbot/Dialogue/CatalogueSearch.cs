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
internal sealed record CatalogueSearch(
    IReadOnlyList<string> Terms,
    PriceRange Price,
    Refinement Refinement = Refinement.None,
    PriceRelation Relation = PriceRelation.None,
    bool IsBare = false,
    bool IsPlain = false,
    IReadOnlyList<string>? Without = null
)
{
    public static readonly CatalogueSearch Nothing = new([], PriceRange.Any);

    /// <summary>Cheaper than what? Nothing was shown, and the message names nothing.</summary>
    public bool LacksSubject =>
        Terms.Count == 0 && !Price.IsBound && Relation is PriceRelation.None or PriceRelation.Cheaper or PriceRelation.Dearer;
}
