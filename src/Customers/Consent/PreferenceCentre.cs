using System.Diagnostics;
using System.Text;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Privacy;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Consent;

/// <summary>Where a customer sees and changes what he or she agreed to, by a signed link and without an account. GET shows, POST changes.</summary>
internal static class PreferenceCentre
{
    public const string Source = "preference-centre";
    private static readonly TimeSpan Validity = TimeSpan.FromDays(90);

    /// <summary>What each purpose means to a customer, in the order of the page.</summary>
    public static readonly IReadOnlyDictionary<string, string> Words = new Dictionary<string, string>
    {
        [ConsentPurposes.EmailMarketing] = "Send me news and offers by e-mail.",
        [ConsentPurposes.Profiling] = "Use what I looked at and bought to recommend what may suit me.",
        [ConsentPurposes.AdsAudience] = "Use my data to show me advertisements on other sites.",
        [ConsentPurposes.Chat] = "Keep my chats to answer me better.",
    };

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Customers + "/{id:guid}/preference-link", CreateLink)
            .RequireScope(Scope.Write)
            .WithSummary("A signed link to the page where this customer changes consents.");
        root.MapGet(Routes.Consent + "/preferences", Show).AllowAnonymous().ExcludeFromDescription();
        root.MapPost(Routes.Consent + "/preferences", Save).AllowAnonymous().ExcludeFromDescription();
    }

    internal sealed record Link(string Url, DateTimeOffset ExpiresAt);

    private static async Task<Results<Ok<Link>, ProblemHttpResult>> CreateLink(
        Guid id,
        CustomersDatabase database,
        PrivacyKey key,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (await database.QuerySingleOrDefaultAsync<Guid?>(CustomersDatabase.CurrentIdSql, new { Id = id }, ct) is not { } customer)
            return FindCustomers.NotFound();
        var expiresAt = clock.GetUtcNow() + Validity;
        var token = PreferenceLink.Create(customer, expiresAt, await key.HasherAsync(ct));
        return TypedResults.Ok(
            new Link(new Uri(shop.Value.PublicUrl, $"{Routes.Consent}/preferences?token={token}").AbsoluteUri, expiresAt)
        );
    }

    private static async Task<IResult> Show(
        string? token,
        HttpContext context,
        CustomersDatabase database,
        PrivacyKey key,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        if (await CustomerOfAsync(work, token, key, clock, ct) is not { } customer)
            return ConsentPage.NoLonger(context, shop.Value.Name);
        return Page(context, shop.Value.Name, await GrantedAsync(work, customer, ct), saved: false);
    }

    private static async Task<IResult> Save(
        string? token,
        HttpContext context,
        CustomersDatabase database,
        ConsentLedger ledger,
        PrivacyKey key,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(ct) : FormCollection.Empty;
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(ct);
        if (await CustomerOfAsync(work, token, key, clock, ct) is not { } customer)
            return ConsentPage.NoLonger(context, shop.Value.Name);
        var before = await GrantedAsync(work, customer, ct);
        var wanted = Words.Keys.Where(form.ContainsKey).ToHashSet();
        // A purpose that stays as it is was not said again: the page only repeats it.
        var changed = Words.Keys.Where(purpose => wanted.Contains(purpose) != before.Contains(purpose)).ToArray();
        var evidence = new ConsentEvidence(null, context.Connection.RemoteIpAddress?.ToString(), token);
        await ledger.StoreAsync(
            work,
            [
                .. changed.Select(purpose => new ConsentRecord(
                    customer,
                    purpose,
                    wanted.Contains(purpose),
                    Source,
                    now,
                    Activity.Current?.Id,
                    evidence
                )),
            ],
            now,
            ct
        );
        await work.CommitAsync(ct);
        return Page(context, shop.Value.Name, wanted, saved: true);
    }

    private static ContentHttpResult Page(HttpContext context, string shop, IReadOnlySet<string> granted, bool saved)
    {
        var body = new StringBuilder(saved ? "<p role=\"status\">Your choices are saved.</p>" : "").Append("<form method=\"post\">");
        foreach (var (purpose, words) in Words)
            body.Append("<label><input type=\"checkbox\" name=\"")
                .Append(purpose)
                .Append('"')
                .Append(granted.Contains(purpose) ? " checked" : "")
                .Append("> ")
                .Append(ConsentPage.Text(words))
                .Append("</label>");
        return ConsentPage.Answer(context, shop, "Your choices", body.Append("<button>Save</button></form>").ToString());
    }

    private static async Task<Guid?> CustomerOfAsync(
        UnitOfWork work,
        string? token,
        PrivacyKey key,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        PreferenceLink.Read(token, clock.GetUtcNow(), await key.HasherAsync(ct)) is { } id
            ? await work.QuerySingleOrDefaultAsync<Guid?>(CustomersDatabase.CurrentIdSql, new { Id = id }, ct)
            : null;

    private static async Task<IReadOnlySet<string>> GrantedAsync(UnitOfWork work, Guid customer, CancellationToken ct) =>
        (await ListConsents.CurrentAsync(work, customer, ct))
            .Where(consent => consent.Granted)
            .Select(consent => consent.Purpose)
            .ToHashSet();
}
