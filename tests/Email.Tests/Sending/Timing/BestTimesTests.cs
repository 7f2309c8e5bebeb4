using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Platform.Hosting;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Sending.Timing;

/// <summary>Send-time optimisation from the opens that lie in the database to the time in the ledger.</summary>
[Collection(HostedEmail.Name)]
public sealed class BestTimesTests
{
    // A Monday morning in the coming year: the send begins there, so that no real hour matters.
    private static readonly DateTimeOffset Start = new(Now.Year + 1, 3, 1, 6, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<Guid> KnowsAsync(RunningEmail email, string? zone)
    {
        var customer = Guid.CreateVersion7();
        await email.HearsAsync(Profile(customer, 1, AddressOf(customer)) with { TimeZone = zone });
        return customer;
    }

    /// <summary>Mails that were opened at an hour of the reader's day, one a day before the send.</summary>
    private static async Task OpensAsync(RunningEmail email, Guid customer, string zone, int hour, int days, string label = "human")
    {
        var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
        for (var day = 1; day <= days; day++)
        {
            var at = TimeZoneInfo.ConvertTimeToUtc(Start.Date.AddDays(-day).AddHours(hour).AddMinutes(20), local);
            // A second open of the same mail, at another hour, says nothing about when they look first.
            await email.Database.ExecuteAsync(
                """
                insert into mail_events (id, mail_id, customer_id, template, kind, user_agent, is_head, at, label)
                values (@First, @Mail, @Customer, 'welcome', 'open', '', false, @At, @Label),
                    (@Second, @Mail, @Customer, 'welcome', 'open', '', false, @Later, @Label)
                """,
                new
                {
                    First = Guid.CreateVersion7(),
                    Second = Guid.CreateVersion7(),
                    Mail = Guid.CreateVersion7(),
                    Customer = customer,
                    At = new DateTimeOffset(at, TimeSpan.Zero),
                    Later = new DateTimeOffset(at, TimeSpan.Zero).AddHours(5),
                    Label = label,
                },
                Ct
            );
        }
    }

    private static async Task<Dictionary<Guid, DateTimeOffset>> PlanAsync(RunningEmail email, params Guid[] audience)
    {
        var answer = await email.PostAsync(
            Routes.Sends,
            new
            {
                bestTime = true,
                startAt = Start,
                audience = new { recipients = audience.Select(id => new { customerId = id }) },
                content = new { subject = "Hello", text = "Hi" },
            }
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var send = (await answer.Content.ReadFromJsonAsync<CreatedSend>(Json.Options, Ct))!.Send;
        Assert.True(send.BestTime);
        var rows = await email.Database.QueryAsync<(Guid Customer, DateTimeOffset At)>(
            "select customer_id, next_attempt_at from mails where send_id = @Id",
            new { send.Id },
            Ct
        );
        var times = rows.ToDictionary(row => row.Customer, row => row.At);
        Assert.Equal(times.Values.Max(), send.LastMailLeavesAt);
        return times;
    }

    private static int HourOf(DateTimeOffset at, string zone) =>
        TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(zone)).Hour;

    [Fact]
    public async Task A_habit_counts_for_its_owner_the_audience_for_the_others_and_everybody_for_strangers()
    {
        await using var email = await RunningEmail.StartAsync();
        // Everybody else reads at 9; this audience, but for the owl, at 18; the owl in Tokyo at 22.
        for (var i = 0; i < 20; i++)
            await OpensAsync(email, await KnowsAsync(email, "Europe/Berlin"), "Europe/Berlin", 9, 6);
        List<Guid> evening = [];
        for (var i = 0; i < 10; i++)
        {
            evening.Add(await KnowsAsync(email, "Europe/Berlin"));
            await OpensAsync(email, evening[i], "Europe/Berlin", 18, 8);
        }
        var owl = await KnowsAsync(email, "Asia/Tokyo");
        await OpensAsync(email, owl, "Asia/Tokyo", 22, 12);
        var silent = await KnowsAsync(email, "America/New_York");
        var scanned = await KnowsAsync(email, "Europe/Berlin");
        await OpensAsync(email, scanned, "Europe/Berlin", 3, 20, "scanner");

        var times = await PlanAsync(email, [.. evening, owl, silent, scanned]);
        var strangers = await PlanAsync(email, await KnowsAsync(email, "Europe/Berlin"));

        Assert.Equal(22, HourOf(times[owl], "Asia/Tokyo"));
        Assert.All(evening, person => Assert.Equal(18, HourOf(times[person], "Europe/Berlin")));
        Assert.Equal(18, HourOf(times[silent], "America/New_York"));
        Assert.Equal(18, HourOf(times[scanned], "Europe/Berlin"));
        Assert.Equal(9, HourOf(Assert.Single(strangers).Value, "Europe/Berlin"));
        Assert.All(times.Values, at => Assert.InRange(at, Start, Start.AddDays(1)));
    }

    [Fact]
    public async Task A_zone_that_nobody_knows_is_the_shops_and_is_counted()
    {
        await using var email = await RunningEmail.StartAsync(null, ("Shop:TimeZone", "Europe/Berlin"));
        var unknown = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Name == "marketing.mails.unknown_time_zones")
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref unknown, value));
        listener.Start();
        var lost = await KnowsAsync(email, "Mars/Olympus_Mons");
        await OpensAsync(email, lost, "Europe/Berlin", 13, 12);

        var times = await PlanAsync(email, lost);

        Assert.Equal(13, HourOf(times[lost], "Europe/Berlin"));
        Assert.True(Interlocked.Read(ref unknown) > 0);
    }

    [Fact]
    public async Task The_best_hour_is_never_a_quiet_one()
    {
        await using var email = await RunningEmail.StartAsync(null, ("Email:QuietHours:From", "21:00"), ("Email:QuietHours:To", "08:00"));
        var owl = await KnowsAsync(email, "Asia/Tokyo");
        await OpensAsync(email, owl, "Asia/Tokyo", 23, 20);

        var times = await PlanAsync(email, owl);

        Assert.InRange(HourOf(times[owl], "Asia/Tokyo"), 8, 20);
    }
}
