using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Cli.Bench.Segments;

/// <summary>
/// Two questions to the Segmentation service as it ships: how soon a change is published after the event that caused it, and how long one
/// segment takes over everybody.
/// </summary>
internal sealed class SegmentsBench(TimeProvider clock, Action<string> say) : IDisposable
{
    private const string Quiet = "select not exists (select from changes) and exists (select from evaluations)";
    private const string Applied =
        "select not exists (select from segments where rule is not null and applied_version < version) and not exists (select from staged)";

    private readonly TokenIssuer issuer = new(TokenIssuer.CreateKey(), clock);

    public async Task<SegmentsReport> RunAsync(SegmentsLoad load, CancellationToken ct)
    {
        say("Starting PostgreSQL …");
        await using var postgres = await LocalPostgres.StartThrowAwayAsync(say, durable: true, ct: ct);
        var followed = await FollowAsync(load, postgres, ct);
        var (seconds, members) = await RecomputeAsync(load, postgres, ct);
        return new SegmentsReport(load, followed, seconds, members, Environment.ProcessorCount, SegmentsReport.How);
    }

    private async Task<FollowFigures> FollowAsync(SegmentsLoad load, LocalPostgres postgres, CancellationToken ct)
    {
        await using var service = await RunningService.StartAsync(postgres.ConnectionString("bench-segments"), [], issuer, clock, ct);
        say($"Filling in {load.Customers:N0} customers …");
        await service.FillAsync(load.Customers, ct);
        // The first RFM evaluation moves everybody: it belongs to the filling, not to the load.
        await service.ExecuteAsync("insert into changes default values", ct);
        await service.UntilAsync(Quiet, ct);
        say($"Defining {load.Segments} segments …");
        for (var i = 0; i < load.Segments; i++)
            await service.DefineAsync($"bench-{i}", FollowedShop.RuleOf(i), ct);
        await service.UntilAsync(Applied, ct);
        await service.UntilAsync("select not exists (select from dirty) and not exists (select from platform.outbox)", ct);
        await service.AnalyseAsync(ct);
        say($"{load.EventsPerSecond} events a second for {load.Seconds} s …");
        return await new FollowRun(service, load, clock).RunAsync(postgres.ProcessId, ct);
    }

    private async Task<(IReadOnlyList<double> Seconds, long Members)> RecomputeAsync(
        SegmentsLoad load,
        LocalPostgres postgres,
        CancellationToken ct
    )
    {
        // RFM over everybody is not what is measured here.
        var quiet = new Dictionary<string, string?>
        {
            ["Segmentation:RecomputeDebounce"] = "01:00:00",
            ["Segmentation:RecomputeInterval"] = "1.00:00:00",
        };
        await using var service = await RunningService.StartAsync(postgres.ConnectionString("bench-everybody"), quiet, issuer, clock, ct);
        say($"Filling in {load.Everybody:N0} customers …");
        await service.FillAsync(load.Everybody, ct);
        await service.DefineAsync("everybody", FollowedShop.ThreeConditions, ct);
        await service.UntilAsync(Applied, ct);
        List<double> seconds = [];
        for (var round = 1; round <= 3; round++)
        {
            say($"Recompute {round} of 3 …");
            var began = clock.GetTimestamp();
            await service.ReplaceAsync("everybody", FollowedShop.ThreeConditions, ct);
            await service.UntilAsync(Applied, ct);
            seconds.Add(clock.GetElapsedTime(began).TotalSeconds);
        }
        var members = await service.ScalarAsync<long>(
            "select count(*) from memberships m join segments s on s.id = m.segment_id where s.rule is not null",
            ct
        );
        return (seconds, members);
    }

    public void Dispose() => issuer.Dispose();
}
