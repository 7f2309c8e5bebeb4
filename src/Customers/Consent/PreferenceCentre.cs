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
        var words = ConsentWords.For(customer.Language, context);
        return Page(context, words, shop.Value.Name, await GrantedAsync(work, customer.Id, ct), saved: false);
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
        var before = await GrantedAsync(work, customer.Id, ct);
        var wanted = ConsentPurposes.All.Where(form.ContainsKey).ToHashSet();
        // A purpose that stays as it is was not said again: the page only repeats it.
        var changed = ConsentPurposes.All.Where(purpose => wanted.Contains(purpose) != before.Contains(purpose)).ToArray();
        var evidence = new ConsentEvidence(null, ClientAddress.Of(context), token);
        await ledger.StoreAsync(
            work,
            [
                .. changed.Select(purpose => new ConsentRecord(
                    customer.Id,
                    purpose,
                    wanted.Contains(purpose),
                    Source,
                    now,
                    Activity.Current?.Id,
                    evidence,
                    Vouched: true
                )),
            ],
            now,
            ct
        );
        await work.CommitAsync(ct);
        return Page(context, ConsentWords.For(customer.Language, context), shop.Value.Name, wanted, saved: true);
    }

    private static ContentHttpResult Page(HttpContext context, ConsentWords words, string shop, IReadOnlySet<string> granted, bool saved)
    {
        var body = new StringBuilder(saved ? $"<p role=\"status\">{ConsentPage.Text(words.Saved)}</p>" : "").Append(
            "<form method=\"post\">"
        );
        foreach (var (purpose, meaning) in words.Purposes)
            body.Append("<label><input type=\"checkbox\" name=\"")
                .Append(purpose)
                .Append('"')
                .Append(granted.Contains(purpose) ? " checked" : "")
                .Append("> ")
                .Append(ConsentPage.Text(meaning))
                .Append("</label>");
        body.Append("<button>").Append(ConsentPage.Text(words.Save)).Append("</button></form>");
        return ConsentPage.Answer(context, words, shop, words.Choices, body.ToString());
    }

    private sealed record Customer(Guid Id, string? Language);

    private static async Task<Customer?> CustomerOfAsync(
        UnitOfWork work,
        string? token,
        PrivacyKey key,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        PreferenceLink.Read(token, clock.GetUtcNow(), await key.HasherAsync(ct)) is { } id
            ? await work.QuerySingleOrDefaultAsync<Customer>(CustomerSql, new { Id = id }, ct)
            : null;

    private static async Task<IReadOnlySet<string>> GrantedAsync(UnitOfWork work, Guid customer, CancellationToken ct) =>
        (await ListConsents.CurrentAsync(work, customer, ct))
            .Where(consent => consent.Granted)
            .Select(consent => consent.Purpose)
            .ToHashSet();

    private const string CustomerSql = $"""
        select id, language from customers where id in ({CustomersDatabase.CurrentIdSql})
        """;
}
