using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Placements;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>What is answered, and how the first place came about.</summary>
internal sealed record Answered(IReadOnlyList<RecommendedProduct> Items, FirstPlace First);

/// <summary>From a question to its answer: candidates, diversity and calibration, best-sellers to fill up, exploration, pins, reasons. No I/O.</summary>
internal static class Recommend
{
    private const int LeastPool = 60;

    public static Answered Answer(Question question, Random random)
    {
        var definition = question.Placement.Definition;
        // A cart is completed by what lies in it; what was bought years ago has no say.
        var history = definition.Kind == PlacementKind.Cart ? CustomerHistory.Empty : question.History;
        var votes = new Votes(question.Model, Asked.Seeds(question, history));
        var picks = new Picks(question);
        var wanted = Math.Max(question.Request.Limit, Exploration.Shortlist);
        var candidates = Candidates.Of(question, picks, votes, Math.Max(LeastPool, 3 * wanted));
        var spread = definition.Calibration > 0 ? Reranking.Spread(votes.Seeds, question.Shelf) : NoSpread;
        var chosen = Reranking.Choose(candidates, question.Shelf, spread, definition.Diversity, definition.Calibration, wanted);
        if (definition.Kind is not (PlacementKind.Reorder or PlacementKind.BackInStock))
        {
            chosen.AddRange(Candidates.BestSellers(question, picks, chosen).Take(wanted - chosen.Count));
        }
        var (ranked, first) = Exploration.Choose(chosen, definition.Exploration, random);
        ranked = Pin(ranked, question.Placement, question.Request.Limit, picks);
        if (ranked.Count > question.Request.Limit)
        {
            ranked.RemoveRange(question.Request.Limit, ranked.Count - question.Request.Limit);
        }
        return new Answered(Items(question, votes, ranked), first);
    }

    private static readonly Dictionary<string, double> NoSpread = [];

    private static List<Pick> Pin(List<Pick> ranked, CompiledPlacement placement, int limit, Picks picks)
    {
        var pinned = placement.Pins.Where(pin => picks.May(pin.Slot)).DistinctBy(pin => pin.Slot).Take(limit).ToArray();
        if (pinned.Length == 0)
        {
            return ranked;
        }
        var slots = pinned.Select(pin => pin.Slot).ToHashSet();
        var list = ranked.Where(pick => !slots.Contains(pick.Slot)).ToList();
        var taken = 0;
        foreach (var (position, slot) in pinned)
        {
            // Several at one place follow each other.
            var at = Math.Max(position - 1, taken);
            list.Insert(Math.Min(at, list.Count), new Pick(slot, list.Count > 0 ? list[0].Score : 1, "pinned", "Chosen by our shop"));
            taken = at + 1;
        }
        return list;
    }

    private static List<RecommendedProduct> Items(Question question, Votes votes, List<Pick> ranked)
    {
        var ofModel = ranked.Where(pick => pick.Reason is null).Select(pick => pick.Slot).ToArray();
        var shares = ofModel.Length > 0 ? question.Model!.Explain(votes.Asked!, ofModel) : null;
        return ranked.ConvertAll(pick =>
        {
            var (words, because) = pick.Reason is { } reason
                ? (reason, null)
                : Reasons.OfModel(votes.Asked!, shares!.GetValueOrDefault(pick.Slot), pick.Slot, question.Shelf);
            return Item(question.Shelf[pick.Slot], pick, words, because);
        });
    }

    private static RecommendedProduct Item(ShelfProduct p, Pick pick, string words, IReadOnlyList<ScoreContribution>? because) =>
        new(p.ProductId, p.Name, p.Category, p.NowPrice, p.Currency, p.Url, p.ImageUrl, pick.Score, words, pick.Source, because);
}
