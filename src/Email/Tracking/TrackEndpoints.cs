using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Platform.Http;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Tracking;

/// <summary>
/// <c>GET /email/l/{token}?u=…</c> leads to the page that a mail links to; <c>GET /email/o/{token}</c> is the picture of a mail. Both note that
/// they were asked for; a token that we did not make leads nowhere.
/// </summary>
internal static class TrackEndpoints
{
    private const int MaxUserAgent = 300;

    // A transparent picture of one point.
    private static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapMethods(Routes.MailLink + "/{token}", [HttpMethods.Get, HttpMethods.Head], FollowAsync).AllowAnonymous();
        root.MapMethods(Routes.MailPixel + "/{token}", [HttpMethods.Get, HttpMethods.Head], OpenAsync).AllowAnonymous();
    }

    internal static async Task<IResult> FollowAsync(
        string token,
        string? u,
        HttpRequest request,
        HttpResponse response,
        EmailDatabase db,
        SigningKeys keys,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var url = u ?? "";
        if (TrackingTokens.Read(token, url, await keys.TrackingAsync(ct)) is not { Kind: TrackedKind.Click or TrackedKind.Trap } target)
            return Problem.NotFound(
                "mail-link",
                "This is no link of a mail of ours, or it was changed on its way: open it from the mail again, or copy it whole."
            );
        await RecordAsync(db, target, url, request, clock, ct);
        Hide(response);
        return TypedResults.Redirect(InAscii(url));
    }

    internal static async Task<IResult> OpenAsync(
        string token,
        HttpRequest request,
        HttpResponse response,
        EmailDatabase db,
        SigningKeys keys,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (TrackingTokens.Read(token, "", await keys.TrackingAsync(ct)) is { Kind: TrackedKind.Open } target)
            await RecordAsync(db, target, null, request, clock, ct);
        Hide(response);
        // The picture is the same for everybody: a broken one would be seen in the mail.
        return TypedResults.Bytes(Pixel, "image/gif");
    }

    /// <summary>A header holds ASCII only: a host in other letters is written in punycode.</summary>
    private static string InAscii(string url)
    {
        if (System.Text.Ascii.IsValid(url))
            return url;
        var uri = new Uri(url);
        return new UriBuilder(uri) { Host = uri.IdnHost }
            .Uri
            .AbsoluteUri;
    }

    private static void Hide(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["X-Robots-Tag"] = "noindex";
    }

    private static Task RecordAsync(
        EmailDatabase db,
        TrackedTarget target,
        string? url,
        HttpRequest request,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var agent = request.Headers.UserAgent.ToString();
        var now = clock.GetUtcNow();
        // A mail that is gone from the ledger was of somebody who is forgotten: then there is nothing to note.
        return db.ExecuteAsync(
            """
            insert into mail_events (id, mail_id, customer_id, template, kind, url, link, links, user_agent, is_head, at)
            select @Id, m.id, m.customer_id, m.automation, @Kind::mail_event_kind, @Url, @Link, @Links, @Agent, @IsHead, @Now
            from mails m where m.id = @MailId
            """,
            new
            {
                Id = Guid.CreateVersion7(now),
                target.MailId,
                Kind = target.Kind.ToString().ToLowerInvariant(),
                Url = url,
                Link = target.Kind == TrackedKind.Click ? target.Link : (int?)null,
                Links = (int)target.Links,
                Agent = agent.Length > MaxUserAgent ? agent[..MaxUserAgent] : agent,
                IsHead = HttpMethods.IsHead(request.Method),
                Now = now,
            },
            ct
        );
    }
}
