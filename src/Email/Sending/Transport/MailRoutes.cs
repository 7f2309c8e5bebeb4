using System.Collections.Concurrent;
using MarketingPlatform.Email.Sending.Limits;
using Microsoft.Extensions.Options;
using Polly;

namespace MarketingPlatform.Email.Sending.Transport;

/// <summary>A way out of the house with its share of the mails and its limits.</summary>
internal sealed record MailRoute(string Name, int Weight, IReadOnlyList<RollingLimit> Limits, IMailTransport Transport);

/// <summary>
/// All ways out: one for each configured mail server, or the folder where there is none. One that cannot be reached rests for a while,
/// and its mails take another.
/// </summary>
internal sealed class MailRoutes : IDisposable
{
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset Until)> resting = new();
    private readonly TimeProvider clock;

    public MailRoutes(IOptions<EmailOptions> options, EmailTelemetry telemetry, TimeProvider clock)
        : this(Create(options, telemetry, clock), clock) { }

    internal MailRoutes(IReadOnlyList<MailRoute> routes, TimeProvider clock)
    {
        this.clock = clock;
        All = routes;
    }

    public IReadOnlyList<MailRoute> All { get; }

    /// <summary>Whether a mail can be handed over twice and still arrive once, whichever route it takes.</summary>
    public bool IsIdempotent => All.All(route => route.Transport.IsIdempotent);

    public string? FindDelivered(OutgoingMail mail) =>
        All.Select(route => route.Transport.FindDelivered(mail)).FirstOrDefault(place => place is not null);

    /// <summary>Routes that do not rest, the mail's first choice first. Empty where all rest.</summary>
    public IReadOnlyList<MailRoute> For(Guid mail)
    {
        var now = clock.GetUtcNow();
        return [.. InOrder(All, mail).Where(route => !resting.TryGetValue(route.Name, out var rest) || rest.Until <= now)];
    }

    /// <returns>When a route may be tried again, or null where one may be now.</returns>
    public DateTimeOffset? AllRestUntil()
    {
        var now = clock.GetUtcNow();
        var until = All.Select(route => resting.TryGetValue(route.Name, out var rest) ? rest.Until : now).Min();
        return until > now ? until : null;
    }

    /// <returns>When this route may be tried again, or null for now.</returns>
    public DateTimeOffset? RestsUntil(string route) =>
        resting.TryGetValue(route, out var rest) && rest.Until > clock.GetUtcNow() ? rest.Until : null;

    public void Reached(string route) => resting.TryRemove(route, out _);

    public void Missed(string route)
    {
        var now = clock.GetUtcNow();
        // Many mails fail at once where a server goes away: that is one failure.
        resting.AddOrUpdate(
            route,
            _ => (1, now + ShortestRest),
            (_, rest) => rest.Until > now ? rest : (rest.Failures + 1, now + Rest(rest.Failures + 1))
        );
    }

    public void Dispose()
    {
        foreach (var route in All)
            (route.Transport as IDisposable)?.Dispose();
    }

    /// <summary>
    /// Weighted rendezvous: each route draws a number from the mail's id and its name, so that shares follow the weights, every attempt of a
    /// mail prefers the same route, and a new route takes only its share from the others (Schindelhauer and Schomaker, 2005).
    /// </summary>
    internal static IEnumerable<MailRoute> InOrder(IReadOnlyList<MailRoute> routes, Guid mail) =>
        routes.Count == 1
            ? routes
            : routes.OrderByDescending(route => route.Weight == 0 ? 0 : route.Weight / -Math.Log(Draw(mail, route.Name)));

    private static double Draw(Guid mail, string route)
    {
        var hash = System.Security.Cryptography.SHA256.HashData([.. mail.ToByteArray(), .. System.Text.Encoding.UTF8.GetBytes(route)]);
        return ((BitConverter.ToUInt64(hash) >> 11) + 0.5) / (1UL << 53);
    }

    private static TimeSpan Rest(int failures) =>
        TimeSpan.FromSeconds(Math.Min(LongestRest.TotalSeconds, ShortestRest.TotalSeconds * Math.Pow(2, failures - 1)));

    private static MailRoute[] Create(IOptions<EmailOptions> options, EmailTelemetry telemetry, TimeProvider clock)
    {
        var servers = options.Value.Routes;
        if (servers.Count == 0 && options.Value.Smtp.Host.Length > 0)
            servers = new() { ["default"] = options.Value.Smtp };
        if (servers.Count == 0)
            return [new("folder", 1, [], new OutboxFolderTransport(options))];
        return
        [
            .. servers.Select(server => new MailRoute(
                server.Key,
                server.Value.Weight,
                server.Value.LimitsOf(server.Key),
                CreateTransport(server.Value, telemetry, clock)
            )),
        ];
    }

    internal static SmtpTransport CreateTransport(SmtpOptions server, EmailTelemetry telemetry, TimeProvider clock)
    {
        var pipeline = new ResiliencePipelineBuilder<Delivery> { TimeProvider = clock };
        EmailPipelines.ConfigureSmtpRoute(pipeline, telemetry, server.Timeout);
        return new SmtpTransport(server, pipeline.Build(), telemetry, clock);
    }
}
