using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.AdOptimization.Budget;

/// <summary>Keeps the latest word on what a channel does in a segment; budgets begin with it where a cell has little data of its own.</summary>
internal sealed class ChannelEffectivenessMeasuredConsumer(InboxServices<AdsDatabase> inbox)
    : InboxConsumer<AdsDatabase, ChannelEffectivenessMeasured>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<ChannelEffectivenessMeasured>> messages, UnitOfWork work, CancellationToken ct)
    {
        var cells = messages.Select(m => m.Message).ToList();
        return work.ExecuteAsync(
            Sql,
            new
            {
                Segments = cells.ConvertAll(c => c.Segment).ToArray(),
                Channels = cells.ConvertAll(c => c.Channel).ToArray(),
                Reach = cells.ConvertAll(c => c.Reach).ToArray(),
                Revenues = cells.ConvertAll(c => c.Revenue).ToArray(),
                Lower = cells.ConvertAll(c => c.RevenueLower).ToArray(),
                Upper = cells.ConvertAll(c => c.RevenueUpper).ToArray(),
                Costs = cells.ConvertAll(c => c.Cost).ToArray(),
                Currencies = cells.ConvertAll(c => c.Currency).ToArray(),
                At = cells.ConvertAll(c => c.At.UtcDateTime).ToArray(),
            },
            ct
        );
    }

    private const string Sql = """
        insert into channel_effectiveness as e (segment, channel, reach, revenue, lower, upper, cost, currency, at)
        select distinct on (segment, channel) *
        from unnest(@Segments::text[], @Channels::text[], @Reach::int[], @Revenues::float8[], @Lower::float8[], @Upper::float8[],
            @Costs::float8[], @Currencies::text[], @At::timestamptz[])
            as news (segment, channel, reach, revenue, lower, upper, cost, currency, at)
        order by segment, channel, at desc
        on conflict (segment, channel) do update set
            reach = excluded.reach, revenue = excluded.revenue, lower = excluded.lower, upper = excluded.upper, cost = excluded.cost,
            currency = excluded.currency, at = excluded.at
        where excluded.at > e.at
        """;
}
