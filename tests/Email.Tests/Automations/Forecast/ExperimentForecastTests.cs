using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Forecast;
using MarketingPlatform.Experimentation.Power;
using MarketingPlatform.Experimentation.Sequential;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Forecast;

public sealed class ExperimentForecastTests
{
    private static readonly (double, double)? Rate = (0.04, Math.Sqrt(0.04 * 0.96));

    private static Plan PlanOf(string steps) =>
        new(AutomationParser.Parse("name: forecast\ntrigger: {event: order}\nsteps:\n" + steps).Automation!, 1);

    private static ExperimentStep Step(string first = "50%", string second = "50%") =>
        PlanOf(
            $"  - experiment: which\n    arms:\n      - {{share: {first}, steps: [{{send: welcome}}]}}\n      - {{share: {second}, steps: [{{send: newsletter}}]}}\n"
        )
            .Steps.OfType<ExperimentStep>()
            .Single();

    [Fact]
    public void It_tells_what_two_four_and_eight_weeks_of_people_can_show()
    {
        var forecast = ExperimentForecast.Of(Step(), "conversions", new(500, false, "the journeys"), Rate, "history");

        Assert.Equal([(2, 500), (4, 1_000), (8, 2_000)], forecast.After.Select(one => (one.Weeks, one.PerArm)));
        Assert.Equal(
            DetectableEffect.OfMean(Rate!.Value.Item2, 1_000, tuning: ConfidenceSequence.DefaultTuning),
            forecast.After[1].Effect!.Value,
            12
        );
        Assert.True(forecast.After[0].Effect > forecast.After[1].Effect && forecast.After[1].Effect > forecast.After[2].Effect);
        Assert.StartsWith(
            "About 500 people a week come to where the ways part, by the journeys. Four times in five it finds a difference of ",
            forecast.Sentence,
            StringComparison.Ordinal
        );
        Assert.Contains(" after 8 weeks (buyers per 100 recipients), from 4.00 (history)", forecast.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Unequal_arms_are_as_sure_as_equal_ones_of_their_harmonic_mean()
    {
        var forecast = ExperimentForecast.Of(Step("10%", "90%"), "conversions", new(1_000, false, ""), Rate, "");

        // 1/200 + 1/1800 is 2/360.
        Assert.Equal(360, forecast.After[0].PerArm);
    }

    [Fact]
    public void Where_something_is_not_known_it_says_so()
    {
        var nobody = ExperimentForecast.Of(Step(), "revenue", new(null, false, "nobody knows how many will come"), null, "");
        var unpaid = ExperimentForecast.Of(Step(), "revenue", new(300, true, "the journeys"), null, "");
        var empty = ExperimentForecast.Of(Step(), "clicks", new(0, false, "the journeys"), Rate, "");

        Assert.Equal("How large a difference it can find cannot be said: nobody knows how many will come.", nobody.Sentence);
        Assert.StartsWith("At most 300 people a week", unpaid.Sentence, StringComparison.Ordinal);
        Assert.EndsWith("nothing is known yet about what they bring in.", unpaid.Sentence, StringComparison.Ordinal);
        Assert.StartsWith("Hardly anybody comes", empty.Sentence, StringComparison.Ordinal);
        Assert.All(nobody.After.Concat(unpaid.After).Concat(empty.After), one => Assert.Null(one.Effect));
    }

    [Fact]
    public void Those_who_come_are_looked_for_from_near_to_far_and_are_fewer_behind_waits_and_other_ways()
    {
        var plan = PlanOf(
            """
              - send: welcome
              - id: pause
                wait: 1d
              - id: asked
                if: {consent: true}
                then:
                  - id: mark
                    set-trait: {loyal: true}
                  - experiment: which
                    arms:
                      - {share: 50%, steps: [{send: newsletter}]}
                      - {share: 50%}
            """
        );

        Assert.Equal(
            ["send-newsletter False", "mark False", "asked True", "pause True", "send-welcome True"],
            Places
                .Before(plan, plan.Steps.OfType<ExperimentStep>().Single())
                .Select(place => $"{string.Join(",", place.Steps)} {place.AtMost}")
        );
    }

    /// <summary>At the last look the effect lies z₀.₈ standard errors above what the sequence asks for.</summary>
    [Theory]
    [InlineData(300, 5_000)]
    [InlineData(40_000, 5_000)]
    public void A_sequence_tuned_to_another_number_of_units_is_wider(int units, long tuning)
    {
        var effect = DetectableEffect.OfMean(1, units, tuning: tuning);
        var critical = new ConfidenceSequence(tuning).CriticalValue(2 * units);

        Assert.Equal(critical + 0.8416, effect / Math.Sqrt(2.0 / units), 3);
        Assert.True(effect > DetectableEffect.OfMean(1, units));
    }
}
