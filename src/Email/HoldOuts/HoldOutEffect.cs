using System.Globalization;
using MarketingPlatform.Experimentation.Distributions;
using MarketingPlatform.Experimentation.Intervals;

namespace MarketingPlatform.Email.HoldOuts;

/// <summary>The sums of those who were treated, or of those held out; a customer is one unit.</summary>
/// <param name="Variance">Of the revenue a customer.</param>
/// <param name="Since">From when on both are counted.</param>
internal sealed record HoldOutArm(bool HeldOut, long Customers, long Converted, decimal Revenue, double Variance, DateTimeOffset? Since);

/// <param name="Customers">Each once.</param>
/// <param name="Converted">Of them, who reached the goal in its time.</param>
/// <param name="Revenue">Of their goals, in the shop's currency.</param>
internal sealed record EffectArm(long Customers, long Converted, decimal Revenue);

/// <summary>A difference with its 95 % interval.</summary>
internal sealed record EffectInterval(double Estimate, double Lower, double Upper)
{
    public EffectInterval Times(double factor) => new(Estimate * factor, Lower * factor, Upper * factor);
}

/// <summary>What an automation, a campaign or all mail together brought that would not have come without it.</summary>
/// <param name="Since">From when on there is something to compare with.</param>
/// <param name="Attributed">Revenue that is credited to it, whether or not it made people buy.</param>
/// <param name="RateDifference">Share of customers who reached the goal, treated minus held out (Newcombe 1998, method 10).</param>
/// <param name="RevenuePerCustomer">Treated minus held out (Welch 1947).</param>
/// <param name="IncrementalConversions">The first, times the customers treated.</param>
/// <param name="IncrementalRevenue">The second, times the customers treated.</param>
internal sealed record HoldOutEffect(
    string Name,
    string Sentence,
    DateTimeOffset? Since,
    EffectArm Treated,
    EffectArm HeldOut,
    decimal Attributed,
    EffectInterval? RateDifference,
    EffectInterval? RevenuePerCustomer,
    EffectInterval? IncrementalConversions,
    EffectInterval? IncrementalRevenue,
    string Currency
)
{
    private const double Confidence = 0.95;

    public static HoldOutEffect Of(string name, IReadOnlyCollection<HoldOutArm> arms, decimal? attributed, string currency)
    {
        var treated = arms.FirstOrDefault(arm => !arm.HeldOut) ?? new HoldOutArm(false, 0, 0, 0, 0, null);
        var control = arms.FirstOrDefault(arm => arm.HeldOut) ?? new HoldOutArm(true, 0, 0, 0, 0, null);
        EffectInterval? rate = null,
            each = null;
        if (treated.Customers > 1 && control.Customers > 1)
        {
            var difference = NewcombeInterval.Of(
                new Proportion(treated.Converted, treated.Customers),
                new Proportion(control.Converted, control.Customers),
                Confidence
            );
            rate = new(difference.Estimate, difference.Lower, difference.Upper);
            each = Welch(treated, control);
        }
        var whole = each?.Times(treated.Customers);
        return new(
            name,
            SentenceOf(name, treated, control, whole, currency),
            arms.Max(arm => arm.Since),
            new(treated.Customers, treated.Converted, treated.Revenue),
            new(control.Customers, control.Converted, control.Revenue),
            attributed ?? treated.Revenue,
            rate,
            each,
            rate?.Times(treated.Customers),
            whole,
            currency
        );
    }

    // Two means of unequal variance: Welch 1947.
    private static EffectInterval Welch(HoldOutArm treated, HoldOutArm control)
    {
        var (a, b) = (treated.Variance / treated.Customers, control.Variance / control.Customers);
        var apart = (double)treated.Revenue / treated.Customers - (double)control.Revenue / control.Customers;
        if (a + b == 0)
            return new(apart, apart, apart);
        var degrees = (a + b) * (a + b) / (a * a / (treated.Customers - 1) + b * b / (control.Customers - 1));
        var margin = StudentDistribution.Quantile(1 - (1 - Confidence) / 2, degrees) * Math.Sqrt(a + b);
        return new(apart, apart - margin, apart + margin);
    }

    private static string SentenceOf(string name, HoldOutArm treated, HoldOutArm control, EffectInterval? whole, string currency) =>
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
}
