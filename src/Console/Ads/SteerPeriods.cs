using System.Globalization;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Ads;

/// <summary>As <c>GET /api/v1/ads/budget/periods</c> lists them.</summary>
internal sealed record BudgetPeriod(
    Guid Id,
    string Name,
    string Currency,
    DateOnly FirstDay,
    DateOnly LastDay,
    decimal Total,
    double MaximumDailyChange,
    decimal Spent,
    decimal Left,
    decimal Forecast,
    string State,
    string Sentence,
    IReadOnlyList<BudgetDay> Days
)
{
    private const int MostDays = 7;

    public bool IsOpen => State is not ("done" or "ended");

    public int Percent => (int)Math.Clamp(Spent / Total * 100, 0, 100);

    public int ChangePercent => (int)Math.Round(MaximumDailyChange * 100);

    public IReadOnlyList<BudgetDay> Next => [.. Days.Take(MostDays)];
}

internal sealed record BudgetDay(DateOnly Date, decimal Amount);

/// <summary><c>POST /console/ads/periods</c> sets a budget for several days; <c>POST …/{id}</c> changes or ends it.</summary>
internal static class SteerPeriods
{
    public const string Path = Paths.Ads + "/periods";

    private const string Api = Routes.Ads + "/budget/periods";

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapForm(Path, SetAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
        root.MapForm(Path + "/{id:guid}", ChangeAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
    }

    private static async Task<IResult> SetAsync([AsParameters] FormCall call)
    {
        var (wanted, trouble) = Read(await call.ReadAsync());
        return wanted is null
            ? call.Refused(Paths.Ads, trouble!)
            : await call.AskAsync<BudgetPeriod>(
                Paths.Ads,
                ("ads.period.set", wanted.Name, Words(wanted)),
                HttpMethod.Post,
                Api,
                wanted,
                set => $"Set {Shell.Text.Money(set!.Total, set.Currency)} for {set.FirstDay:yyyy-MM-dd} to {set.LastDay:yyyy-MM-dd}."
            );
    }

    private static async Task<IResult> ChangeAsync(Guid id, [AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var name = Field.Of(form, "name", 200);
        if (Field.Of(form, "act", 10) == "end")
            return await call.AskAsync<BudgetPeriod>(
                Paths.Ads,
                ("ads.period.end", name, id.ToString()),
                HttpMethod.Post,
                $"{Api}/{id}/end",
                null,
                ended => $"Ended {ended!.Name}: days need a total again."
            );
        var (wanted, trouble) = Read(form);
        return wanted is null
            ? call.Refused(Paths.Ads, trouble!)
            : await call.AskAsync<BudgetPeriod>(
                Paths.Ads,
                ("ads.period.change", name, Words(wanted)),
                HttpMethod.Put,
                $"{Api}/{id}",
                wanted,
                changed => $"Changed {changed!.Name}: {Shell.Text.Money(changed.Left, changed.Currency)} are left."
            );
    }

    /// <returns>The request, or what to correct.</returns>
    internal static (PeriodWanted? Wanted, string? Trouble) Read(IFormCollection form)
    {
        if (!decimal.TryParse(Field.Of(form, "total", 20), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var total))
            return (null, "Give the amount as a number above 0, such as 3000 or 2999.50.");
        if (!int.TryParse(Field.Of(form, "change", 4), NumberStyles.None, CultureInfo.InvariantCulture, out var change))
            return (null, "Give the change a day in whole percents, from 0 to 1000.");
        var currency = Field.Of(form, "currency", 3);
        return (
            new(
                Field.Of(form, "name", 200),
                total,
                currency.Length == 0 ? null : currency,
                Day(Field.Of(form, "firstDay", 10)),
                Day(Field.Of(form, "lastDay", 10)),
                change / 100.0
            ),
            null
        );
    }

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static string Words(PeriodWanted wanted) =>
        $"{Shell.Text.Money(wanted.Total, wanted.Currency)} from {wanted.FirstDay:yyyy-MM-dd} to {wanted.LastDay:yyyy-MM-dd}";

    internal sealed record PeriodWanted(
        string Name,
        decimal Total,
        string? Currency,
        DateOnly? FirstDay,
        DateOnly? LastDay,
        double MaximumDailyChange
    );
}
