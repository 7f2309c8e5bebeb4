using System.Text.Json;
using CsCheck;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Collect;
using MarketingPlatform.Customers.Consent;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Consent;

public sealed class ConsentRecordTests
{
    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Dictionary<(Guid, string), (bool, DateTimeOffset)> Nothing = [];

    [Fact]
    public void The_latest_word_counts_whatever_the_order_and_a_refusal_wins_a_tie() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 5])
            .Array[1, 10]
            .Sample(said =>
            {
                var records = said.Select(one => Said(one.Item1, one.Item2)).ToArray();

                // All at once, and one at a time, as they came.
                Assert.Equal(Latest(records), Latest(ConsentRecord.News(records, Nothing).Changes));
                var state = new Dictionary<(Guid, string), (bool Granted, DateTimeOffset At)>();
                foreach (var record in records)
                {
                    var news = ConsentRecord.News([record], state);
                    foreach (var change in news.Changes)
                        state[(Ann, change.Purpose)] = (change.Granted, change.At);
                    foreach (var (key, at) in news.Repetitions)
                        state[key] = (state[key].Granted, at);
                }
                Assert.Equal(Latest(records), state[(Ann, ConsentPurposes.EmailMarketing)].Granted);
            });

    [Fact]
    public void A_repeated_statement_adds_nothing_and_older_ones_are_kept_as_history()
    {
        var latest = new Dictionary<(Guid, string), (bool, DateTimeOffset)> { [(Ann, ConsentPurposes.EmailMarketing)] = (true, Minute(5)) };

        var repeated = ConsentRecord.News([Said(true, 5), Said(true, 6), Said(true, 4)], latest);
        Assert.Empty(repeated.Changes);
        Assert.Empty(repeated.History);
        Assert.Equal([Minute(6)], repeated.Repetitions.Values);
        var older = ConsentRecord.News([Said(false, 4)], latest);
        Assert.Equal([Said(false, 4)], older.History);
        Assert.Empty(older.Changes);
        Assert.Equal([Said(false, 6)], ConsentRecord.News([Said(false, 6), Said(false, 7)], latest).Changes);
    }

    [Fact]
    public void Purposes_do_not_mix()
    {
        var profiling = Said(true, 1) with { Purpose = ConsentPurposes.Profiling };
        Assert.Equal([Said(true, 1), profiling], ConsentRecord.News([Said(true, 1), profiling], Nothing).Changes);
    }

    [Theory]
    [InlineData("""{"consent":{"categoryPreferences":{"email_marketing":true,"chat":false,"unknown":true,"profiling":"yes"}}}""", 2)]
    [InlineData("""{"consent":{"categoryPreferences":[]}}""", 0)]
    [InlineData("""{"consent":true}""", 0)]
    [InlineData("{}", 0)]
    public void Consent_is_read_where_the_Segment_API_puts_it(string context, int records)
    {
        var call = new Call("page", "m", "ann", null, null, null, null, JsonElement.Parse(context), Shop.Start, null);
        var read = ConsentRecord.Of(Ann, call).ToArray();
        Assert.Equal(records, read.Length);
        if (records > 0)
            Assert.Equal([(ConsentPurposes.EmailMarketing, true), (ConsentPurposes.Chat, false)], read.Select(r => (r.Purpose, r.Granted)));
    }

    private static bool Latest(IEnumerable<ConsentRecord> records) =>
        records.OrderByDescending(r => r.At).ThenBy(r => r.Granted).First().Granted;

    private static ConsentRecord Said(bool granted, int minute) =>
        new(Ann, ConsentPurposes.EmailMarketing, granted, "form", Minute(minute), null);

    private static DateTimeOffset Minute(int minute) => Shop.Start.AddMinutes(minute);
}
