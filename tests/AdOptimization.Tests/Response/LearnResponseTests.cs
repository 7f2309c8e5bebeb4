using System.Net;
using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Incrementality;
using MarketingPlatform.AdOptimization.Response;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Response;

public sealed class LearnResponseTests(RunningAds ads) : IClassFixture<RunningAds>
{
    /// <summary>Monday of the week of <see cref="RunningAds.Today"/>.</summary>
    private static readonly DateOnly ThisWeek = RunningAds.Today;

    [Fact]
    public async Task Weeks_of_sales_move_the_budget_away_from_who_boasts_and_the_move_says_so()
    {
        await ads.StartsOver();
        await Sold(70);
        // Both report two for one; social causes a fifth of that, search twice as much.
        var days = await Allocate();
        Assert.InRange(Amount(days, "search"), 35, 65);

        var model = await ads.Write<ResponseModel>("/response", new { });

        Assert.Equal((70, ThisWeek.AddDays(-7), true), (model.Weeks, model.LastWeek, model.Usable));
        Assert.InRange(Of("social").Estimate, 0.1, 0.9);
        Assert.InRange(Of("search").Estimate, 3.2, 4.4);
        var weeks = await Allocate();
        Assert.True(Amount(weeks, "search") > Amount(days, "search") + 10);
        Assert.Contains(
            "In 70 weeks of the shop's sales each EUR on social caused ",
            weeks.Cells.Single(c => c.Channel == "social").Explanation,
            StringComparison.Ordinal
        );
        Assert.Contains(weeks.Notes, note => note.StartsWith("The value that search reports counts ", StringComparison.Ordinal));
        Assert.Contains(weeks.Cells.Single(c => c.Channel == "search").Curves, c => c.Weekly);
        Assert.Equal(model.FittedAt, (await ads.Read<ResponseModel>("/response")).FittedAt);

        Figure Of(string channel) => model.Channels.Single(c => c.Channel == channel).Roi;
    }

    [Fact]
    public async Task The_weekly_model_is_fitted_once_when_a_week_is_over()
    {
        await ads.StartsOver();
        await Sold(53);
        var worker = ads.Service<ResponseWorker>();

        Assert.Equal(1, await worker.FitDueAsync(RunningAds.Ct));
        Assert.Equal(0, await worker.FitDueAsync(RunningAds.Ct));
    }

    [Fact]
    public async Task Too_few_weeks_are_counted_and_a_bad_currency_is_named()
    {
        await ads.StartsOver();
        await Sold(20);
        using var few = await ads.Post("/response", "{}");
        Assert.Equal(HttpStatusCode.Conflict, few.StatusCode);
        Assert.Contains(
            "20 whole weeks have both orders and performance in EUR; 52 are needed",
            await few.Content.ReadAsStringAsync(RunningAds.Ct),
            StringComparison.Ordinal
        );
        using var none = await ads.Get("/response");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var bad = await ads.Post("/response?currency=euro", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public void Reported_value_is_set_against_what_the_newest_weeks_caused()
    {
        var channel = new WeeklyChannel(
            "social",
            1,
            1,
            new(1, 1, 1),
            new(500, 500 - 164.5, 500 + 164.5),
            new(0, 0, 0),
            new(1, 1, 1),
            0,
            []
        );
        var model = new ResponseModel("EUR", ThisWeek, ThisWeek, 60, 8, 1, 1, true, [channel], [], default);

        var half = WeeklyEvidence.Compare(model, [new("social", 1, 400), new("social", 9, 600)], age => age < 2 ? 0.8 : 1);
        // 1,100 in all by the end; 0.4545 ± 0.0909 against 1 ± 0.5.
        Assert.Equal(0.472, half["social"].Value, 3);
        Assert.InRange(half["social"].Error, 0.088, 0.091);
        Assert.Empty(WeeklyEvidence.Compare(model, [new("social", 1, 400), new("social", 9, null)], _ => 1));
    }

    private static decimal Amount(AllocationView allocation, string channel) => allocation.Cells.Single(c => c.Channel == channel).Amount;

    private Task<AllocationView> Allocate() =>
        ads.Write<AllocationView>("/budget/allocate", new BudgetRequest(100, null, null, null, 10, 1));

    /// <summary>Whole weeks of a shop that sells 10,000 without ads, ± 1 %; what is spent changes from week to week.</summary>
    private async Task Sold(int weeks)
    {
        var random = new Random(5);
        var (dates, channels, spends, at, totals) = (
            new List<DateOnly>(),
            new List<string>(),
            new List<decimal>(),
            new List<DateTime>(),
            new List<decimal>()
        );
        for (var week = weeks; week >= 1; week--)
        {
            var monday = ThisWeek.AddDays(-7 * week);
            var (social, search) = (50 * Math.Exp(0.5 * Normal()), 50 * Math.Exp(0.5 * Normal()));
            for (var day = 0; day < 7; day++)
            {
                dates.AddRange(monday.AddDays(day), monday.AddDays(day));
                channels.AddRange("social", "search");
                spends.AddRange((decimal)Math.Round(social, 2), (decimal)Math.Round(search, 2));
                at.Add(monday.AddDays(day).ToDateTime(new(12, 0), DateTimeKind.Utc));
                totals.Add((decimal)((10_000 * (1 + 0.01 * Normal()) / 7) + 0.4 * social + 4 * search));
            }
        }
        await ads.Db.ExecuteAsync(
            """
            insert into performance (date, channel, campaign, segment, spend, currency, impressions, clicks, conversions, value, arrived_at)
            select d, c, '', '', s, 'EUR', 1000, 100, round(s / 12.5)::bigint, 2 * s, now() from unnest(@Dates::date[], @Channels::text[], @Spends::numeric[]) as p (d, c, s);
            insert into ad_orders (order_id, customer_id, at, total, currency)
            select gen_random_uuid()::text, gen_random_uuid(), t, o, 'EUR' from unnest(@At::timestamptz[], @Totals::numeric[]) as p (t, o)
            """,
            new
            {
                Dates = dates.ToArray(),
                Channels = channels.ToArray(),
                Spends = spends.ToArray(),
                At = at.ToArray(),
                Totals = totals.ToArray(),
            },
            RunningAds.Ct
        );

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
