using System.Globalization;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Ads;

/// <summary><c>POST /console/ads/allocate</c>: divides a day's budget. It moves no money at an ad platform.</summary>
internal static class AllocateBudget
{
    public const string Path = Paths.Ads + "/allocate";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    /// <returns>The request, or what to correct.</returns>
    internal static (BudgetWanted? Wanted, string? Trouble) Read(string total, string currency, string date)
    {
        decimal? amount = null;
        if (total.Length > 0)
        {
            if (!decimal.TryParse(total, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given) || given <= 0)
                return (null, "Give the total as an amount above 0, such as 250 or 249.50.");
            amount = given;
        }
        if (date.Length == 0)
            return (new(amount, currency.Length == 0 ? null : currency, null), null);
        return DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? (new(amount, currency.Length == 0 ? null : currency, day), null)
            : (null, "Give the day as YYYY-MM-DD, or leave it empty for tomorrow.");
    }

    /// <returns>Limits of the cells and channels that have one, or what to correct.</returns>
    internal static (IReadOnlyList<Limit>? Limits, string? Trouble) Limits(IFormCollection form)
    {
        var (of, channels, campaigns, segments) = (form["of"], form["channel"], form["campaign"], form["segment"]);
        var (least, most) = (form["minimum"], form["maximum"]);
        if (new[] { of, campaigns, segments, least, most }.Any(field => field.Count != channels.Count))
            return (null, "The limits came incomplete: open the page again.");
        List<Limit> limits = [];
        for (var i = 0; i < channels.Count; i++)
        {
            if (!Amount(least[i], out var minimum) || !Amount(most[i], out var maximum))
                return (
                    null,
                    $"Give the limits of {Shell.Text.Cut(channels[i]!, 60)} as amounts, such as 25 or 24.50, or leave them empty."
                );
            if (minimum is null && maximum is null)
                continue;
            limits.Add(
                of[i] == "channel"
                    ? new(channels[i]!, null, null, minimum, maximum)
                    : new(channels[i]!, campaigns[i] ?? "", segments[i] ?? "", minimum, maximum)
            );
        }
        return (limits, null);

        static bool Amount(string? text, out decimal? amount)
        {
            amount = null;
            if (string.IsNullOrWhiteSpace(text))
                return true;
            var isAmount = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value);
            amount = value;
            return isAmount;
        }
    }

    private static async Task<IResult> HandleAsync([AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var (wanted, trouble) = Read(Field.Of(form, "total", 20), Field.Of(form, "currency", 3), Field.Of(form, "date", 10));
        if (wanted is null)
            return call.Refused(Paths.Ads, trouble!);
        (var limits, trouble) = Limits(form);
        if (limits is null)
            return call.Refused(Paths.Ads, trouble!);
        wanted = wanted with
        {
            Limits = limits,
            Caution = int.TryParse(Field.Of(form, "caution", 2), NumberStyles.None, CultureInfo.InvariantCulture, out var caution)
                ? caution
                : 0,
        };
        return await call.AskAsync<Allocation>(
            Paths.Ads,
            (
                "ads.allocate",
                wanted.Date is { } day ? $"budget of {day:yyyy-MM-dd}" : "tomorrow's budget",
                wanted.Total is { } total ? Shell.Text.Money(total, wanted.Currency) : "its part of the budget for several days"
            ),
            HttpMethod.Post,
            Routes.Ads + "/budget/allocate",
            wanted,
            made => $"Divided {Shell.Text.Money(made!.Total, made.Currency)} for {made.Date:yyyy-MM-dd}. Every move is explained below."
        );
    }

    internal sealed record BudgetWanted(
        decimal? Total,
        string? Currency,
        DateOnly? Date,
        IReadOnlyList<Limit>? Limits = null,
        int Caution = 0
    );
}
