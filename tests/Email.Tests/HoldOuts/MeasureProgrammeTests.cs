using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.HoldOuts;
using MarketingPlatform.Experimentation.Assignment;
using Xunit;

namespace MarketingPlatform.Email.Tests.HoldOuts;

[Collection(HostedEmail.Name)]
public sealed class MeasureProgrammeTests
{
    private const string Path = "/api/v1/campaigns/programme/effect";
    private static readonly DateTimeOffset From = RunningEmail.Now.AddMinutes(-30);
    private static readonly string Window = $"?from={Uri.EscapeDataString(From.ToString("O"))}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_mail_is_compared_with_those_who_get_none_as_one_would_by_hand()
    {
        await using var email = await RunningEmail.StartAsync(null, ("Email:HoldOut:Programme", "0.5"));
        var left = new HoldOut("programme/1", 0.5);
        var ids = Enumerable.Range(0, 200).Select(_ => Guid.CreateVersion7()).ToLookup(id => left.Holds(id.ToString("D")));
        var (mailed, without) = (ids[false].Take(6).ToArray(), ids[true].Take(4).ToArray());
        foreach (var id in mailed.Concat(without))
            await email.KnowsAsync(at: From.AddDays(-1), id: id);
        // Who says no later was driven away by mail, maybe: still counted. Who agreed later, or never, is not.
        await email.HearsAsync(new ConsentChanged(mailed[5], ConsentPurposes.EmailMarketing, false, "form", From.AddMinutes(20)));
        await email.KnowsAsync(at: From.AddMinutes(1));
        await email.KnowsAsync(consent: null);

        await OrdersAsync(email, mailed[0], "a", 30);
        await OrdersAsync(email, mailed[1], "b", 42);
        await OrdersAsync(email, without[0], "c", 10);
        // Another currency, an earlier time, and what went back: of b 12, told twice; of c nothing.
        await OrdersAsync(email, mailed[2], "d", 500, "USD");
        await OrdersAsync(email, mailed[3], "e", 500, at: From.AddMinutes(-1));
        foreach (var _ in new[] { 1, 2 })
            await email.HearsAsync(new OrderRefunded(mailed[1], "back-b", "b", [], 12, "EUR", RunningEmail.Now));
        await email.HearsAsync(new OrderRefunded(mailed[0], "back-old", null, [], 7, "EUR", From.AddMinutes(-5)));
        await email.HearsAsync(new OrderRefunded(without[0], "back-usd", "c", [], 7, "USD", RunningEmail.Now));
        // Before b, a person followed a link of a mail; before a, a machine.
        await ClicksAsync(email, mailed[1], "human");
        await ClicksAsync(email, mailed[0], "scanner");

        var effect = await email.GetAsync<HoldOutEffect>(Path + Window);

        // 30, 30, 0, 0, 0, 0 beside 10, 0, 0, 0: means 10 and 2.5, variances 240 and 25.
        Assert.Equal(new(6, 2, 60), effect.Treated);
        Assert.Equal(new(4, 1, 10), effect.HeldOut);
        Assert.Equal(30m, effect.Attributed);
        // Welch: 7.5 ± 2.4084 √(240/6 + 25/4), with 6.4232 degrees of freedom.
        Assert.Equal(7.5, effect.RevenuePerCustomer!.Estimate, 9);
        Assert.Equal(-8.8786, effect.RevenuePerCustomer.Lower, 4);
        Assert.Equal(23.8786, effect.RevenuePerCustomer.Upper, 4);
        Assert.Equal(45, effect.IncrementalRevenue!.Estimate, 9);
        Assert.Equal(143.2716, effect.IncrementalRevenue.Upper, 4);
        // Newcombe: 2/6 - 1/4, of six customers.
        Assert.Equal(6 * 0.083333, effect.IncrementalConversions!.Estimate, 4);
        Assert.Equal(6 * -0.424490, effect.IncrementalConversions.Lower, 4);
        Assert.Equal(6 * 0.503136, effect.IncrementalConversions.Upper, 4);
        Assert.StartsWith("Whether all mail earns anything is open", effect.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_nobody_left_out_it_says_how_to_begin_and_a_time_that_ends_before_it_begins_is_refused()
    {
        await using var email = await RunningEmail.StartAsync();
        await email.KnowsAsync(at: From.AddDays(-1));

        var effect = await email.GetAsync<HoldOutEffect>(Path + Window);

        Assert.Equal((1, 0, null), (effect.Treated.Customers, effect.HeldOut.Customers, effect.IncrementalRevenue));
        Assert.Contains("Set Email:HoldOut:Programme", effect.Sentence, StringComparison.Ordinal);
        using var refused = await email.Http.GetAsync(Path + Window + "&to=2020-01-01T00:00:00Z", Ct);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private static Task OrdersAsync(
        RunningEmail email,
        Guid customer,
        string order,
        decimal total,
        string currency = "EUR",
        DateTimeOffset? at = null
    ) => email.HearsAsync(new OrderPlaced(customer, order, [], total, currency, null, at ?? From.AddMinutes(10)));

    // A mail that it had before the time, and a link followed a minute before the orders.
    private static Task ClicksAsync(RunningEmail email, Guid customer, string label) =>
        email.Database.ExecuteAsync(
            """
            with mail as (
                insert into mails (id, message_id, customer_id, automation, occurrence, purpose, status, next_attempt_at, created_at, due_at)
                values (gen_random_uuid(), gen_random_uuid()::text, @Customer, 'tea', '', 'marketing', 'sent', @At, @At, @At) returning id
            )
            insert into mail_events (id, mail_id, customer_id, template, kind, url, user_agent, is_head, at, label)
            select gen_random_uuid(), id, @Customer, 'tea', 'click', 'https://tea.example', 'test', false, @At, @Label from mail
            """,
            new
            {
                Customer = customer,
                Label = label,
                At = From.AddMinutes(9),
            },
            Ct
        );
}
