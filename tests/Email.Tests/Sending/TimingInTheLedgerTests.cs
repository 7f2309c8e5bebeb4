using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Platform.Hosting;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Sending;

/// <summary>Caps, quiet hours, time zones and warm-up as they meet real rows.</summary>
[Collection(HostedEmail.Name)]
public sealed class TimingInTheLedgerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<Guid> SendAsync(RunningEmail email, IEnumerable<object> recipients, string purpose = "marketing")
    {
        var answer = await email.PostAsync(
            Routes.Sends,
            new
            {
                purpose,
                audience = new { recipients },
                content = new { subject = "Hello", text = "Hi" },
                recommendations = 0,
            }
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<CreatedSend>(Json.Options, Ct))!.Send.Id;
    }

    private static async Task<SendProgress> WhenAsync(RunningEmail email, Guid send, Func<SendProgress, bool> isSo)
    {
        SendProgress progress = null!;
        await EventuallyAsync(async () => isSo(progress = (await email.GetAsync<SendView>($"{Routes.Sends}/{send}")).Progress));
        return progress;
    }

    private static Task<IReadOnlyList<(string Status, string? Reason, DateTimeOffset Next)>> MailsOfAsync(RunningEmail email, Guid send) =>
        email.Database.QueryAsync<(string, string?, DateTimeOffset)>(
            "select status::text, reason, next_attempt_at from mails where send_id = @Send order by id",
            new { Send = send },
            Ct
        );

    private static async Task<Guid> LivesInAsync(RunningEmail email, string? zone)
    {
        var customer = Guid.CreateVersion7();
        await email.HearsAsync(Profile(customer, 1, AddressOf(customer)) with { TimeZone = zone });
        // An old word: nobody is welcomed for it.
        await email.HearsAsync(new ConsentChanged(customer, ConsentPurposes.EmailMarketing, true, "form", Now.AddDays(-3)));
        return customer;
    }

    [Fact]
    public async Task A_cap_holds_over_all_sends_and_ids_of_a_person_and_spares_receipts()
    {
        await using var email = await RunningEmail.StartAsync(null, ("Email:Caps:0:Max", "2"), ("Email:Caps:0:Window", "7.00:00:00"));
        var anna = await LivesInAsync(email, null);
        var other = await LivesInAsync(email, null);
        await email.HearsAsync(new CustomersMerged(other, anna, Now));

        await WhenAsync(email, await SendAsync(email, [new { customerId = anna }]), all => all.Sent == 1);
        await WhenAsync(email, await SendAsync(email, [new { customerId = other }]), all => all.Sent == 1);
        var third = await SendAsync(email, [new { customerId = anna }]);
        await WhenAsync(email, third, all => all.Suppressed == 1);
        await WhenAsync(email, await SendAsync(email, [new { customerId = anna }], "transactional"), all => all.Sent == 1);

        Assert.StartsWith("frequency-cap", Assert.Single(await MailsOfAsync(email, third)).Reason);
        // What is older than the window is forgotten.
        await email.Database.ExecuteAsync("update mails set sent_at = sent_at - interval '8 days' where purpose = 'marketing'", null, Ct);
        await WhenAsync(email, await SendAsync(email, [new { customerId = anna }]), all => all.Sent == 1);
    }

    [Fact]
    public async Task Quiet_hours_are_the_recipients_own_and_a_receipt_does_not_wait()
    {
        const string Far = "Pacific/Kiritimati"; // 14 hours ahead of UTC all year.
        var there = TimeZoneInfo.ConvertTime(Now, TimeZoneInfo.FindSystemTimeZoneById(Far));
        string Clock(double hours) => there.AddHours(hours).ToString("HH:mm", CultureInfo.InvariantCulture);
        await using var email = await RunningEmail.StartAsync(
            null,
            ("Email:QuietHours:From", Clock(-1)),
            ("Email:QuietHours:To", Clock(2)),
            ("Shop:TimeZone", "UTC")
        );
        var far = await LivesInAsync(email, Far);
        var near = await LivesInAsync(email, "UTC");
        var nowhere = await LivesInAsync(email, "Mars/Olympus_Mons");

        var send = await SendAsync(email, [new { customerId = far }, new { customerId = near }, new { customerId = nowhere }]);
        await WhenAsync(email, send, all => all is { Sent: 2, Waiting: 1 });
        await WhenAsync(email, await SendAsync(email, [new { customerId = far }], "transactional"), all => all.Sent == 1);

        var waiting = Assert.Single(await MailsOfAsync(email, send), mail => mail.Status == "queued");
        Assert.Equal("quiet-hours", waiting.Reason);
        Assert.InRange((waiting.Next - Now).TotalMinutes, 115, 121);
    }

    [Fact]
    public async Task A_new_sender_warms_up_for_each_domain_and_its_best_day_widens_the_next()
    {
        await using var email = await RunningEmail.StartAsync(null, ("Email:WarmUp:Enabled", "true"), ("Email:WarmUp:Start", "5"));
        IEnumerable<object> At(string domain, int count) =>
            Enumerable.Range(0, count).Select(i => new { email = $"{Guid.CreateVersion7():N}@{domain}" });

        var first = await SendAsync(email, [.. At("one.example", 12), .. At("two.example", 3)], "transactional");
        await WhenAsync(email, first, all => all is { Sent: 8, Waiting: 7 });

        Assert.All(
            (await MailsOfAsync(email, first)).Where(mail => mail.Status == "queued"),
            mail =>
            {
                Assert.Equal("limit", mail.Reason);
                Assert.InRange((mail.Next - Now).TotalHours, 20, 52);
            }
        );
        // A day later: ten, twice as many as the day before.
        await email.Database.ExecuteAsync(
            """
            update limit_usage set bucket = bucket - interval '30 hours';
            update mails set next_attempt_at = now() where status = 'queued'; notify mails_queued
            """,
            null,
            Ct
        );
        await WhenAsync(email, first, all => all.Sent == 15);
        var second = await SendAsync(email, At("one.example", 6), "transactional");
        await WhenAsync(email, second, all => all is { Sent: 3, Waiting: 3 });
    }
}
