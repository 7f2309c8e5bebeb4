using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Tracking;

/// <summary>
/// The way out of every mail. GET shows a page with a button and changes nothing (scanners open every link); POST ends marketing mail at
/// once: from the button, or from the mail program by one click (RFC 8058).
/// </summary>
internal static class Unsubscribe
{
    private const int MaxBodyBytes = 16 * 1024;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Unsubscribe + "/{token}", ShowAsync).AllowAnonymous();
        root.MapPost(Routes.Unsubscribe + "/{token}", HandleAsync)
            .AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .DisableAntiforgery();
    }

    internal static async Task<IResult> ShowAsync(string token, UnsubscribeTokens tokens, IOptions<Shop> shop, CancellationToken ct) =>
        await tokens.ReadAsync(token, ct) is null ? UnknownLink() : UnsubscribePage.Ask(shop.Value.Name);

    internal static async Task<IResult> HandleAsync(
        string token,
        HttpRequest request,
        EmailDatabase db,
        SigningKeys keys,
        UnsubscribeTokens tokens,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (await tokens.ReadAsync(token, ct) is not { } mailId)
            return UnknownLink();
        var source = await IsOneClickAsync(request, ct) ? "one-click" : "page";
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(EmailDatabase.LockPeopleShared, null, ct);
        var mail = await work.QuerySingleOrDefaultAsync<Recipient>(
            "select customer_id, address from mails where id = @Id",
            new { Id = mailId },
            ct
        );
        // Nobody there: the person was forgotten, and gets no mail anyway.
        if (mail?.Address is { } address)
        {
            await People.LockAsync(work, [mail.CustomerId], ct);
            await RecordAsync(work, mailId, mail.CustomerId, address, source, keys, clock, ct);
        }
        await work.CommitAsync(ct);
        return UnsubscribePage.Done(shop.Value.Name);
    }

    /// <summary>When the word counts from, or null where it was said before and nothing came since.</summary>
    internal static DateTimeOffset? Decide(Person? person, string address, DateTimeOffset now)
    {
        var isKnown = person is { ConsentGranted: false } && (person.Address != address || person.SuppressedFor is not null);
        if (isKnown)
            return null;
        // The last word must be the last in time too, even where another machine's clock runs ahead.
        return person?.ConsentAt is { } said && said >= now ? said.AddMicroseconds(1) : now;
    }

    private static async Task RecordAsync(
        UnitOfWork work,
        Guid mailId,
        Guid customerId,
        string address,
        string source,
        SigningKeys keys,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var person = (await People.LoadAsync(work, [customerId], ct)).SingleOrDefault();
        if (Decide(person, address, clock.GetUtcNow()) is not { } at)
            return;
        await ConsentChangedConsumer.RecordAsync(work, [new(customerId, ConsentPurposes.EmailMarketing, false, source, at)], ct);
        await work.ExecuteAsync(
            """
            insert into suppressions (address_hash, reason, at) values (@Hash, @Reason, @At)
            on conflict (address_hash) do update set at = excluded.at where suppressions.reason = excluded.reason
            """,
            new
            {
                Hash = await keys.HashAddressAsync(address, ct),
                Reason = MailPermission.Unsubscribed,
                At = at,
            },
            ct
        );
        await work.ExecuteAsync("update mails set unsubscribed_at = @At where id = @Id", new { Id = mailId, At = at }, ct);
        work.Publish(new EmailUnsubscribed(customerId, address, mailId, source, at));
    }

    // Anything else that is posted here comes from a person who pressed a button: it counts as well.
    private static async Task<bool> IsOneClickAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
            return false;
        try
        {
            var form = await request.ReadFormAsync(ct);
            return string.Equals(form["List-Unsubscribe"], "One-Click", StringComparison.OrdinalIgnoreCase);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static ProblemHttpResult UnknownLink() =>
        Problem.NotFound(
            "unsubscribe-link",
            "This unsubscribe link is not complete or was changed. Open the link in the mail itself, or copy it whole, and try again."
        );

    private sealed record Recipient(Guid CustomerId, string? Address);
}
