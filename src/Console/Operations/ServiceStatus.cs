using MarketingPlatform.Console.Api;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Operations;

/// <summary>How one service is, as it says itself, or as its silence says.</summary>
/// <param name="Status">healthy, degraded, unhealthy, or away.</param>
internal sealed record ServiceStatus(string Name, string Status, string? Cause, ServiceStatus.Report? Said)
{
    /// <summary>As <c>GET /api/v1/operations/{service}</c> answers.</summary>
    internal sealed record Report(string Status, IReadOnlyList<Check> Checks, OutboxReport Outbox, MessagesReport Messages);

    internal sealed record Check(string Name, string Status, string? Cause);

    internal sealed record OutboxReport(long Waiting, double LagSeconds, long Unpublishable);

    internal sealed record MessagesReport(long Retrying, long Parked);

    /// <summary>Every service, as <see cref="Routes.ByService"/> names them.</summary>
    public static readonly IReadOnlyList<string> All = [.. Routes.ByService.Keys];

    public string Title => ServiceNames.TitleOf(Name);

    public bool IsWell => Status == "healthy";

    public static async Task<ServiceStatus> AskAsync(string name, Func<string, Task<Answer<Report>>> get)
    {
        var answer = await get($"{Routes.Operations}/{name}");
        if (answer.Value is not { Checks: not null, Outbox: not null, Messages: not null } said)
            return new(name, "away", answer.Failure?.Kind == FailureKind.Refused ? answer.Failure.Message : "It does not answer.", null);
        var ill = said.Checks.Where(check => check.Status != "healthy").Select(check => check.Cause ?? check.Name);
        return new(name, said.Status, string.Join(' ', ill), said);
    }
}
