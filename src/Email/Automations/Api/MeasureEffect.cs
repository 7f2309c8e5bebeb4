using System.Globalization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Intervals;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Api;

/// <param name="Customers">Who entered, each once.</param>
/// <param name="Converted">Of them, who reached the goal in its time.</param>
/// <param name="Revenue">Of their goals, in the shop's currency.</param>
internal sealed record EffectArm(long Customers, long Converted, decimal Revenue);

/// <summary>A difference with its 95 % interval.</summary>
internal sealed record EffectInterval(double Estimate, double Lower, double Upper);

/// <param name="Since">From the first journey on that was held out: before, there is nothing to compare with.</param>
/// <param name="Attributed">Revenue of all who went through it, whether or not it made them buy.</param>
/// <param name="RateDifference">Share of customers who reached the goal, treated minus held out.</param>
/// <param name="RevenuePerCustomer">Treated minus held out.</param>
/// <param name="IncrementalRevenue">That, times the customers treated.</param>
internal sealed record AutomationEffect(
    string Automation,
    string Sentence,
    DateTimeOffset? Since,
    EffectArm Treated,
    EffectArm HeldOut,
    decimal Attributed,
    EffectInterval? RateDifference,
    EffectInterval? RevenuePerCustomer,
    EffectInterval? IncrementalRevenue,
    string Currency
);

/// <summary><c>GET /api/v1/automations/{name}/effect</c>: what an automation earned that would not have come without it.</summary>
internal static class MeasureEffect
{
    private const double Confidence = 0.95;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Automations + "/{name}/effect", HandleAsync).RequireScope(Scope.Read);

    internal static async Task<IResult> HandleAsync(
        string name,
        DateTimeOffset? from,
        DateTimeOffset? to,
        EmailDatabase db,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var until = to?.ToUniversalTime() ?? clock.GetUtcNow();
        var since = from?.ToUniversalTime() ?? until.AddDays(-365);
        if (since >= until)
            return Problem.Invalid(new FieldError("from", "Give a from before to."));
        var rows = await db.QueryAsync<Row>(
            Sql,
            new
            {
                Name = name,
                From = since,
                To = until,
                shop.Value.Currency,
            },
            ct
        );
        return TypedResults.Ok(Of(name, rows, shop.Value.Currency));
    }

    internal static AutomationEffect Of(string name, IReadOnlyCollection<Row> rows, string currency)
    {
        var treated = rows.FirstOrDefault(row => !row.HeldOut) ?? new Row(false, 0, 0, 0, 0, null);
        var control = rows.FirstOrDefault(row => row.HeldOut) ?? new Row(true, 0, 0, 0, 0, null);
        EffectInterval? rate = null,
            each = null,
            whole = null;
        if (treated.Customers > 1 && control.Customers > 1)
        {
            var difference = NewcombeInterval.Of(
                new Proportion(treated.Converted, treated.Customers),
                new Proportion(control.Converted, control.Customers),
                Confidence
            );
            rate = new(difference.Estimate, difference.Lower, difference.Upper);
            each = Welch(treated, control);
            whole = new(each.Estimate * treated.Customers, each.Lower * treated.Customers, each.Upper * treated.Customers);
        }
        return new(
            name,
            Sentence(name, treated, control, whole, currency),
            rows.Max(row => row.Since),
            new(treated.Customers, treated.Converted, treated.Revenue),
            new(control.Customers, control.Converted, control.Revenue),
            treated.Revenue,
            rate,
            each,
            whole,
            currency
        );
    }

    // Two means of unequal variance: Welch 1947.
    private static EffectInterval Welch(Row treated, Row control)
    {
        var (a, b) = (treated.Variance / treated.Customers, control.Variance / control.Customers);
        var apart = (double)treated.Revenue / treated.Customers - (double)control.Revenue / control.Customers;
        if (a + b == 0)
            return new(apart, apart, apart);
        var degrees = (a + b) * (a + b) / (a * a / (treated.Customers - 1) + b * b / (control.Customers - 1));
        var margin = StudentDistribution.Quantile(1 - (1 - Confidence) / 2, degrees) * Math.Sqrt(a + b);
        return new(apart, apart - margin, apart + margin);
    }

    private static string Sentence(string name, Row treated, Row control, EffectInterval? whole, string currency) =>
        whole is null
            ? $"Nothing can be said about {name} yet: {treated.Customers} customers went through it and {control.Customers} were held out."
        : whole.Lower > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{name} earned {whole.Estimate:N0} {currency} that would not have come without it ({whole.Lower:N0} to {whole.Upper:N0})."
            )
        : whole.Upper < 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{name} cost {-whole.Estimate:N0} {currency}: those who got nothing bought more ({-whole.Upper:N0} to {-whole.Lower:N0})."
            )
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Whether {name} earns anything is open: between {whole.Lower:N0} and {whole.Upper:N0} {currency} are possible."
        );

    /// <param name="Variance">Of the revenue a customer.</param>
    internal sealed record Row(bool HeldOut, long Customers, long Converted, decimal Revenue, double Variance, DateTimeOffset? Since);

    // A customer is one unit however many journeys they had, and a goal that several of them reached counts once.
    private const string Sql = """
        with begun as (
            select min(entered_at) as at from journeys where automation = @Name and outcome = 'held-out' and entered_at between @From and @To
        ), units as (
            select coalesce(r.canonical_id, j.customer_id) as person, bool_or(j.outcome = 'held-out') as held_out, array_agg(j.id) as ids
            from journeys j cross join begun left join recipients r using (customer_id)
            where j.automation = @Name and j.entered_at between coalesce(begun.at, @From) and @To
            group by 1
        ), results as (
            select u.held_out, exists (select from journey_goals g where g.journey_id = any(u.ids)) as converted,
                coalesce((
                    select sum(goal.value) from (
                        select distinct g.event_id, g.value from journey_goals g
                        where g.journey_id = any(u.ids) and g.currency = @Currency) goal), 0) as revenue
            from units u
        )
        select coalesce(held_out, false) as held_out, count(*) as customers, count(*) filter (where converted) as converted, sum(revenue) as revenue,
            coalesce(var_samp(revenue), 0)::double precision as variance, (select at from begun) as since
        from results group by 1
        """;
}
