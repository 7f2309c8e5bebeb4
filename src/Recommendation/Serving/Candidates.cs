using MarketingPlatform.Recommendation.Placements;

namespace MarketingPlatform.Recommendation.Serving;

/// <summary>The products that come into question for each kind of placement, best first. No I/O.</summary>
internal static class Candidates
{
    public const string Content = "content";
    public const string Popular = "popularity";
    public const string Trending = "trending";
    public const string Together = "bought-together";
    public const string Again = "reorder";
    public const string Back = "back-in-stock";
    public const string Similar = "similar";

    private const int NewDays = 30;
    private const int BackDays = 14;
    private const int MostContentSeeds = 10;

    /// <param name="votes">History and context, or the context alone.</param>
    public static List<Pick> Of(Question question, Picks picks, Votes votes, int count) =>
        question.Placement.Definition.Kind switch
        {
            PlacementKind.Similar => LikeContext(question, picks, count),
            PlacementKind.BoughtTogether => BoughtTogether(question, picks, count),
            PlacementKind.Cart => CompletesCart(question, picks, votes, count),
            PlacementKind.Reorder => DueAgain(question, picks, count),
            PlacementKind.Trending => Rising(question, picks, count),
            PlacementKind.BackInStock => BackInStock(question, picks, votes, count),
            // Until there is a model that knows what is bought again, what is due is the best guess.
            PlacementKind.NextBasket when question.State.Own(PlacementKind.NextBasket) is null => DueAgain(question, picks, count),
            _ => ForYou(question, picks, votes, count),
        };

    /// <summary>Best-sellers that are not in the answer yet; their scores lie below all that is.</summary>
    public static IEnumerable<Pick> BestSellers(Question question, Picks picks, IReadOnlyCollection<Pick> above)
    {
        var taken = above.Select(pick => pick.Slot).ToHashSet();
        var floor = above.Count > 0 ? above.Min(pick => pick.Score) : 1;
        foreach (var slot in question.Shelf.ByPopularity)
        {
            if (!taken.Contains(slot) && picks.May(slot))
            {
                var popularity = question.Shelf[slot].Popularity;
                yield return new Pick(
                    slot,
                    floor * popularity / (1 + popularity),
                    Popular,
                    popularity > 0 ? "Popular in our shop right now" : "From our range"
                );
            }
        }
    }

    private static List<Pick> ForYou(Question question, Picks picks, Votes votes, int count)
    {
        var found = votes.Asked is { } asked ? picks.Best(count, question.Model!, asked) : [];
        return found.Count > 0 ? WithNew(question, picks, votes.Seeds, found) : LikeSeeds(question, picks, votes.Seeds, count);
    }

    /// <summary>
    /// What is too new for the model stands among the rest by its likeness to the history: at most half of what the best one scores.
    /// </summary>
    private static List<Pick> WithNew(Question question, Picks picks, IReadOnlyList<Seed> seeds, List<Pick> found)
    {
        var since = question.Now.AddDays(-NewDays);
        var news = question.Model!.Unknown.TakeWhile(slot => question.Shelf[slot].AddedAt >= since).ToHashSet();
        if (news.Count == 0)
        {
            return found;
        }
        var like = LikeSeeds(question, picks, seeds, found.Count);
        var top = found[0].Score / 2;
        return
        [
            .. found
                .Concat(like.Where(pick => news.Contains(pick.Slot)).Select(pick => pick with { Score = top * Math.Min(1, pick.Score) }))
                .OrderByDescending(pick => pick.Score),
        ];
    }

    private static List<Pick> LikeSeeds(Question question, Picks picks, IReadOnlyList<Seed> seeds, int count)
    {
        var own = seeds
            .Select(seed => (Seed: seed, Slot: question.Shelf.SlotOf(seed.ProductId)))
            .Where(pair => pair.Slot >= 0)
            .OrderByDescending(pair => pair.Seed.Weight)
            .Take(MostContentSeeds)
            .ToArray();
        var total = own.Sum(pair => pair.Seed.Weight);
        return total <= 0
            ? []
            : picks.Best(
                count,
                Content,
                scores =>
                {
                    foreach (var (seed, slot) in own)
                    {
                        question.Shelf.Content.AddLikeness(slot, (float)(seed.Weight / total), scores);
                    }
                },
                slot =>
                    Reasons.Of(own.MaxBy(pair => pair.Seed.Weight * question.Shelf.Content.Likeness(pair.Slot, slot)).Seed, question.Shelf)
            );
    }

    private static List<Pick> LikeContext(Question question, Picks picks, int count) =>
        picks.Best(
            count,
            Similar,
            scores =>
            {
                foreach (var slot in question.ContextSlots)
                {
                    question.Shelf.Content.AddLikeness(slot, 1, scores);
                    question.Model?.AddSimilar(slot, 0.5f, scores);
                }
            },
            slot => "Similar to " + question.Shelf[Nearest(question, slot)].Name
        );

    private static int Nearest(Question question, int slot) =>
        question.ContextSlots.MaxBy(other => question.Shelf.Content.Likeness(other, slot));

    private static List<Pick> BoughtTogether(Question question, Picks picks, int count)
    {
        var because = new Dictionary<int, int>();
        var found = picks.Best(
            count,
            Together,
            scores => AddBaskets(question, 1, scores, because),
            slot => "Often bought together with " + question.Shelf[because[slot]].Name
        );
        return found.Count > 0
            ? found
            : picks.Best(
                count,
                Together,
                scores =>
                {
                    foreach (var slot in question.ContextSlots)
                    {
                        question.Model?.AddSimilar(slot, 1, scores);
                    }
                },
                slot => $"Customers who bought {question.Shelf[Nearest(question, slot)].Name} bought this too"
            );
    }

    /// <summary>The model's word on the cart and what lay in the same orders, half and half, each relative to its best.</summary>
    private static List<Pick> CompletesCart(Question question, Picks picks, Votes votes, int count)
    {
        if (votes.Asked is not { } asked)
        {
            return BoughtTogether(question, picks, count);
        }
        return picks.Best(
            count,
            question.Model!.Algorithm,
            scores =>
            {
                question.Model.Score(asked, scores);
                var best = Highest(question, scores);
                for (var slot = 0; best > 0 && slot < question.Shelf.Count; slot++)
                {
                    scores[slot] /= best;
                }
                AddBaskets(question, 1, scores, null);
            }
        );
    }

    private static void AddBaskets(Question question, float weight, float[] scores, Dictionary<int, int>? because)
    {
        var strongest = new Dictionary<int, float>();
        foreach (var context in question.Context)
        {
            var pairs = question.State.Baskets.Of(context);
            foreach (var (other, similarity) in pairs)
            {
                if (question.Shelf.SlotOf(other) is >= 0 and var slot)
                {
                    scores[slot] += weight * similarity / pairs[0].Similarity;
                    if (
                        because is not null
                        && similarity > strongest.GetValueOrDefault(slot)
                        && question.Shelf.SlotOf(context) is >= 0 and var from
                    )
                    {
                        (strongest[slot], because[slot]) = (similarity, from);
                    }
                }
            }
        }
    }

    private static List<Pick> DueAgain(Question question, Picks picks, int count)
    {
        var due = new Dictionary<int, (double Score, double PeriodDays)>();
        foreach (var purchase in question.History.Bought)
        {
            if (question.Shelf.SlotOf(purchase.ProductId) is >= 0 and var slot && Reorder.Due(purchase, question.Now) is { } found)
            {
                due[slot] = found;
            }
        }
        return picks.Best(
            count,
            Again,
            scores =>
            {
                foreach (var (slot, found) in due)
                {
                    scores[slot] = (float)found.Score;
                }
            },
            slot => Reasons.Again(due[slot].PeriodDays)
        );
    }

    private static List<Pick> Rising(Question question, Picks picks, int count)
    {
        var among = new HashSet<int>();
        return picks.Best(
            count,
            Trending,
            scores =>
            {
                foreach (var segment in question.History.Segments.Prepend(""))
                {
                    // What rises among people like this one says more than what rises among all.
                    var weight = segment.Length == 0 ? 1f : 1.5f;
                    foreach (var trend in question.State.Trends.GetValueOrDefault(segment) ?? [])
                    {
                        if (question.Shelf.SlotOf(trend.ProductId) is >= 0 and var slot && trend.Score * weight > scores[slot])
                        {
                            scores[slot] = trend.Score * weight;
                            if (segment.Length > 0)
                            {
                                among.Add(slot);
                            }
                        }
                    }
                }
            },
            slot => among.Contains(slot) ? "Popular right now with customers like you" : "Popular right now"
        );
    }

    private static List<Pick> BackInStock(Question question, Picks picks, Votes votes, int count)
    {
        var since = question.Now.AddDays(-BackDays);
        var wanted = question.History.Interests.Select(interest => question.Shelf.SlotOf(interest.ProductId)).ToHashSet();
        return picks.Best(
            count,
            Back,
            scores =>
            {
                if (votes.Asked is { } asked)
                {
                    question.Model!.Score(asked, scores);
                }
                var best = Highest(question, scores);
                for (var slot = 0; slot < question.Shelf.Count; slot++)
                {
                    var isBack = question.Shelf[slot].RestockedAt >= since && question.Shelf[slot].InStock;
                    scores[slot] = !isBack ? 0 : 0.01f + (best > 0 ? scores[slot] / best : 0) + (wanted.Contains(slot) ? 2 : 0);
                }
            },
            slot => wanted.Contains(slot) ? "Back in stock: you looked at it" : "Back in stock"
        );
    }

    private static float Highest(Question question, float[] scores)
    {
        var highest = 0f;
        foreach (var score in scores.AsSpan(0, question.Shelf.Count))
        {
            highest = Math.Max(highest, score);
        }
        return highest;
    }
}
