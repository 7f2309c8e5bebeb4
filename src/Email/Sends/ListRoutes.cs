using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Sending.Limits;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Sends;

/// <summary>A limit of a route.</summary>
/// <param name="WindowSeconds">Length of the window in which at most <paramref name="Max"/> mails leave.</param>
/// <param name="Room">How many more may leave now.</param>
/// <param name="OpensAt">When there is room again, where there is none now.</param>
internal sealed record RouteLimitView(int Max, double WindowSeconds, int Room, DateTimeOffset? OpensAt);

/// <summary>A way out of the house.</summary>
/// <param name="Weight">Share of the mails among all routes; 0 takes mails only while no other can.</param>
/// <param name="RestsUntil">It could not be reached, and is left alone until then; null: it is in use.</param>
/// <param name="SentToday">Mails that left by it in the last 24 hours.</param>
/// <param name="Waiting">Mails that wait because the limits of all routes are reached.</param>
internal sealed record RouteView(
    string Name,
    int Weight,
    DateTimeOffset? RestsUntil,
    int SentToday,
    int Waiting,
    IReadOnlyList<RouteLimitView> Limits
);

/// <summary><c>GET /api/v1/sends/routes</c>: by which servers mails leave, and how much room their limits have.</summary>
internal static class ListRoutes
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Sends + "/routes", HandleAsync)
            .RequireScope(Scope.Read)
            .WithName("listMailRoutes")
            .WithSummary("The mail servers that take our mails, with their limits.");

    internal static async Task<IResult> HandleAsync(EmailDatabase db, MailRoutes routes, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var book = new LimitBook(await RouteLimits.UsesAsync(db, now, ct));
        var sent = (await db.QueryAsync<(string Route, int Sent)>(SentSql, new { Since = now.AddDays(-1) }, ct)).ToDictionary(
            row => row.Route,
            row => row.Sent
        );
        var waiting = await db.QuerySingleAsync<int>(WaitingSql, null, ct);
        return TypedResults.Ok(
            new Page<RouteView>(
                [
                    .. routes.All.Select(route => new RouteView(
                        route.Name,
                        route.Weight,
                        routes.RestsUntil(route.Name),
                        sent.GetValueOrDefault(route.Name),
                        waiting,
                        [.. route.Limits.Select(limit => ViewOf(limit, book, now))]
                    )),
                ],
                null
            )
        );
    }

    private static RouteLimitView ViewOf(RollingLimit limit, LimitBook book, DateTimeOffset now)
    {
        var room = book.RoomAt(limit, now);
        return new(limit.Max, limit.Window.TotalSeconds, room, room > 0 ? null : book.FirstRoom([limit], now));
    }

    private const string SentSql =
        "select route, count(*)::int as sent from mails where route is not null and sent_at > @Since group by route";

    private const string WaitingSql = "select count(*)::int from mails where status = 'queued' and reason = 'limit'";
}
