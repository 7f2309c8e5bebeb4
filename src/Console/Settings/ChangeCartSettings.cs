using System.Globalization;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Settings;

/// <summary>
/// <c>POST /console/settings/carts</c>: when a cart counts as left behind. The form carries what its reader saw; where that is not what
/// holds now, somebody else was faster and nothing is changed. Changes through the console wait for each other while they look.
/// </summary>
internal static class ChangeCartSettings
{
    public const string Path = Paths.Settings + "/carts";

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Path, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    /// <returns>What to tell the person, or null where the change may be made.</returns>
    internal static string? WhyNot(TimeSpan? wanted, TimeSpan? seen, TimeSpan? now) =>
        wanted is null ? "Give the hours and minutes as whole numbers."
        : seen != now
            ? $"Somebody else has just set it to {Shell.Text.Duration(now?.TotalSeconds ?? 0)}. Nothing was changed: look, and save again if you still want to."
        : null;

    private static async Task<IResult> HandleAsync(HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock)
    {
        var ct = context.RequestAborted;
        var role = context.User.RoleOf()!.Value;
        var form = await context.Request.ReadFormAsync(ct);
        var wanted = Read(Field.Of(form, "hours", 10), Field.Of(form, "minutes", 10));
        var seen = TimeSpan.TryParse(Field.Of(form, "seen", 30), CultureInfo.InvariantCulture, out var held) ? held : (TimeSpan?)null;

        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ConsoleDatabase.LockChanges, null, ct);
        var now = await api.GetAsync<CartSettings>(role, Routes.CartSettings, ct);
        var trouble = now.Failure?.Message ?? WhyNot(wanted, seen, now.Value!.AbandonedAfter);
        if (trouble is not null)
            return Forms.Failed(context, Paths.Settings, trouble);
        var entry = new AuditEntry(
            context.User.NameOfUser(),
            "settings.carts",
            "abandoned after",
            $"{now.Value!.AbandonedAfter} → {wanted}"
        );
        await AuditLog.AppendAsync(work, entry, clock.GetUtcNow(), ct);
        var answer = await api.SendAsync(role, HttpMethod.Put, Routes.CartSettings, new CartSettings(wanted), ct);
        if (answer.Failure is { } failure)
            return Forms.Failed(context, Paths.Settings, failure.Message);
        await work.CommitAsync(CancellationToken.None);
        return Forms.Done(context, Paths.Settings, "Saved. It counts for carts from now on.");
    }

    private static TimeSpan? Read(string hours, string minutes) =>
        int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
        && int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var m)
        && h <= 24 * 365
        && m <= 60 * 24 * 365
            ? TimeSpan.FromHours(h) + TimeSpan.FromMinutes(m)
            : null;
}
