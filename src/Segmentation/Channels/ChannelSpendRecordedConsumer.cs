using MarketingPlatform.Contracts.AdOptimization;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Channels;

/// <summary>Keeps the latest word on what a channel cost on a day.</summary>
internal sealed class ChannelSpendRecordedConsumer(InboxServices<SegmentationDatabase> inbox)
    : InboxConsumer<SegmentationDatabase, ChannelSpendRecorded>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<ChannelSpendRecorded>> messages, UnitOfWork work, CancellationToken ct)
    {
        var spend = messages.Select(m => m.Message).ToList();
        return work.ExecuteAsync(
            Sql,
            new
            {
                Dates = spend.ConvertAll(s => s.Date).ToArray(),
                Channels = spend.ConvertAll(s => Literal.Fold(s.Channel)).ToArray(),
                Campaigns = spend.ConvertAll(s => s.Campaign ?? "").ToArray(),
                Spends = spend.ConvertAll(s => s.Spend).ToArray(),
                Currencies = spend.ConvertAll(s => s.Currency).ToArray(),
                At = spend.ConvertAll(s => s.At.UtcDateTime).ToArray(),
            },
            ct
        );
    }

    private const string Sql = """
        insert into channel_spend as s (date, channel, campaign, spend, currency, at)
        select distinct on (date, channel, campaign) date, channel, campaign, spend, currency, at
        from unnest(@Dates::date[], @Channels::text[], @Campaigns::text[], @Spends::numeric[], @Currencies::text[], @At::timestamptz[])
            as news (date, channel, campaign, spend, currency, at)
        order by date, channel, campaign, at desc
        on conflict (date, channel, campaign) do update set spend = excluded.spend, currency = excluded.currency, at = excluded.at
        where excluded.at > s.at
        """;
}
