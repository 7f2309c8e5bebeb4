using MarketingPlatform.Recommendation.Models.Auto;
using MarketingPlatform.Recommendation.Tests.Models.Algorithms;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Models.Auto;

public sealed class AutoTrainerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_blend_is_not_worse_on_validation_than_its_best_model()
    {
        var choice = await Trainer().ChooseAsync(Shop.Tastes(), "auto", [], _ => Task.CompletedTask, Ct);

        Assert.NotEmpty(choice.Parts);
        Assert.All(choice.Parts, part => Assert.True(choice.ValidationNdcg >= part.Found.Ndcg - 1e-9));
        Assert.DoesNotContain(choice.Parts, part => part.Found.Algorithm == "popular" && choice.Parts.Count == 1);
    }

    [Fact]
    public async Task A_search_goes_on_from_what_was_found_and_chooses_the_same()
    {
        var found = new List<FoundSetting>();
        var whole = await Trainer().ChooseAsync(Shop.Tastes(), "auto", [], Keep, Ct);
        var half = found.Where(f => f.Family is not ("ials" or "rp3beta")).ToArray();
        found.Clear();
        var steps = new List<string>();

        var resumed = await Trainer(steps).ChooseAsync(Shop.Tastes(), "auto", half, Keep, Ct);

        Assert.Equal(["ials", "rp3beta"], found.Select(f => f.Family).Order());
        Assert.DoesNotContain(steps, s => s.StartsWith("itemknn shr", StringComparison.Ordinal));
        Assert.Equal(whole.Described, resumed.Described);

        Task Keep(IReadOnlyList<FoundSetting> settings)
        {
            found.AddRange(settings);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void The_search_climbs_to_the_peak_and_tries_nothing_twice()
    {
        var tried = new List<string>();
        var family = new Family(
            "peak",
            [new Axis("x", [.. Enumerable.Range(0, 15).Select(n => (double)n)], 2), new Axis("y", [0, 1, 2, 3], 0)],
            1,
            (data, setting, _) =>
            {
                tried.Add(string.Join(' ', setting));
                return [new Variant("v", new Peak(data.Items, Math.Abs(setting[0] - 11) + Math.Abs(setting[1] - 2)))];
            }
        );
        var split = ValidationSplit.Of(Shop.Tastes(), HiddenPart.Random, 1_000, 1);

        var best = Assert.Single(new FamilySearch([split], 10, false, 100, 1, _ => { }).Run(family, Ct));

        Assert.Equal([11, 2], best.Setting);
        Assert.Equal(tried.Count, tried.Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task With_hardly_any_data_there_is_still_an_answer(int users)
    {
        var data = Shop.Tastes(users);
        var trainer = Trainer();

        var model = trainer.Fit(await trainer.ChooseAsync(data, "auto", [], _ => Task.CompletedTask, Ct), data, Ct);

        Assert.Equal(Shop.Items, model.Items);
    }

    private static AutoTrainer Trainer(List<string>? steps = null) =>
        new(new AutoOptions(MaxWork: 2e9), steps is null ? _ => { } : steps.Add);

    /// <summary>Knows the taste, and forgets it with the distance from the peak.</summary>
    private sealed class Peak(int items, double distance) : Recommendation.Models.IRecommender
    {
        public string Algorithm => "peak";

        public int Items => items;

        public void Score(Recommendation.Models.History history, Span<float> scores)
        {
            var own = history.Items.ToArray();
            var taste = Enumerable.Range(0, 3).MaxBy(t => own.Count(e => e.Item % 3 == t));
            // As many wrong ones at the top as the setting is away from the peak.
            var wrong = (int)distance;
            for (var item = 0; item < items; item++)
            {
                scores[item] =
                    item % 3 == taste ? 1
                    : wrong-- > 0 ? 2
                    : 0;
            }
        }

        public bool Explain(Recommendation.Models.History history, int item, Span<float> contributions) => false;

        public IReadOnlyList<Recommendation.Models.Neighbour> Similar(int item, int limit) => [];

        public void Write(BinaryWriter writer) => throw new NotSupportedException();
    }
}
