using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Privacy;

/// <summary>Deletes exports that lay there long enough.</summary>
internal sealed class PrivacyUpkeep(
    CustomersDatabase database,
    IOptions<CustomersOptions> options,
    TimeProvider clock,
    ILogger<PrivacyUpkeep> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(
            Interval,
            database,
            DeleteOldExportsAsync,
            e => log.LogWarning("Upkeep of exports: {Cause}; trying again in an hour", e.Message),
            clock,
            stoppingToken
        );

    internal Task<int> DeleteOldExportsAsync(CancellationToken ct) =>
        database.ExecuteAsync(
            """
            with old as (
                update privacy_requests set withdrawn = true, pending_ids = null
                where kind = 'export' and not withdrawn and requested_at < @Before returning id
            )
            delete from exported_parts p using old where p.request_id = old.id
            """,
            new { Before = clock.GetUtcNow() - options.Value.KeepExportsFor },
            ct
        );
}
