using MarketingPlatform.Recommendation.Models;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models.Algorithms;

/// <summary>What holds for every model, whatever it is.</summary>
public sealed class EveryModelTests
{
    // The score is a sum over the entries; popularity, personal frequency and content have nothing (new) to say about taste.
    private static readonly string[] Sums =
    [
        "ease",
        "ease-some-items",
        "ease-sparse",
        "edlae",
        "dlae",
        "ials",
        "itemknn",
        "rp3beta",
        "sar",
        "userknn",
        "personal",
        "session",
        "sessionknn",
        "content",
    ];
    private static readonly string[] NoTaste = ["popular", "trending", "personal"];

    public static TheoryData<string> Names => [.. Shop.Models.Keys];

    private static readonly Interactions Data = Shop.Tastes();

    [Theory]
    [MemberData(nameof(Names))]
    public void It_foretells_the_taste_of_somebody_it_never_saw(string name)
    {
        Assert.SkipWhen(NoTaste.Contains(name), "says the same to everybody, or nothing new");
        var model = Shop.Models[name](Data);

        var scores = Score(model, [0, 3, 6]);

        var others = Enumerable.Range(7, Shop.Items - 7).ToArray();
        Assert.True(others.Where(i => i % 3 == 0).Average(i => scores[i]) > others.Where(i => i % 3 != 0).Average(i => scores[i]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_shares_of_the_history_are_the_score(string name)
    {
        var model = Shop.Models[name](Data);
        HistoryItem[] history = [new(1, 1, 1_700_000_000), new(4, 0.5f, 1_702_000_000), new(8, 1, 1_703_000_000)];
        var history2 = new History(history, Data.Newest);
        var scores = new float[model.Items];
        model.Score(history2, scores);
        var shares = new float[history.Length];

        for (var item = 0; item < model.Items; item++)
        {
            var explained = model.Explain(history2, item, shares);
            if (Sums.Contains(name))
            {
                Assert.Equal(scores[item], shares.Sum(), 3);
            }
            Assert.True(explained || shares.All(s => s == 0));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Several_items_are_explained_as_each_for_itself_and_what_scoring_noted_changes_nothing(string name)
    {
        var model = Shop.Models[name](Data);
        HistoryItem[] history = [new(1, 1, 1_700_000_000), new(4, 0.5f, 1_702_000_000), new(8, 1, 1_703_000_000)];
        var noted = new History(history, Data.Newest, new ScoringNotes());
        model.Score(noted, new float[model.Items]);
        var items = Enumerable.Range(0, model.Items).Reverse().ToArray();
        var together = new float[items.Length * history.Length];
        model.ExplainAll(noted, items, together);

        var each = new float[history.Length];
        for (var at = 0; at < items.Length; at++)
        {
            model.Explain(new History(history, Data.Newest), items[at], each);
            Assert.Equal(each, together.AsSpan(at * history.Length, history.Length).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Written_and_read_it_answers_the_same(string name)
    {
        var model = Shop.Models[name](Data);
        using var bytes = new MemoryStream();
        ModelFormat.Write(bytes, model);
        bytes.Position = 0;

        var read = ModelFormat.Read(bytes);

        Assert.Equal((model.Algorithm, model.Items), (read.Algorithm, read.Items));
        Assert.Equal(Score(model, [2, 5, 11]), Score(read, [2, 5, 11]));
        Assert.Equal(model.Similar(4, 5), read.Similar(4, 5));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nobody_one_user_and_items_that_nobody_has_give_finite_scores(string name)
    {
        foreach (
            var data in new[]
            {
                Interactions.Of([], 3),
                Interactions.Of(
                    [
                        [new(0, 1, 0)],
                    ],
                    3
                ),
                Interactions.Of(
                    [
                        [],
                        [new(2, 1, 5), new(1, 1, 5)],
                    ],
                    3
                ),
            }
        )
        {
            var model = Shop.Models[name](data);
            Assert.All(Score(model, []), s => Assert.True(float.IsFinite(s)));
            Assert.All(Score(model, [0, 1, 2]), s => Assert.True(float.IsFinite(s)));
            Assert.DoesNotContain(model.Similar(0, 10), n => n.Product == 0);
        }
    }

    [Fact]
    public void An_unknown_kind_of_model_is_refused_with_its_name()
    {
        using var bytes = new MemoryStream([4, (byte)'e', (byte)'v', (byte)'i', (byte)'l']);

        Assert.Contains("evil", Assert.Throws<InvalidDataException>(() => ModelFormat.Read(bytes)).Message, StringComparison.Ordinal);
    }

    private static float[] Score(IRecommender model, int[] items)
    {
        var scores = new float[model.Items];
        model.Score(new History([.. items.Select(i => new HistoryItem(i, 1, Data.Newest))], Data.Newest), scores);
        return scores;
    }
}
