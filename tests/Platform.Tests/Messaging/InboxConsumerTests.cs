using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Tests.Probe;
using MassTransit;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Messaging;

public sealed class InboxConsumerTests
{
    private const string Messages = "/api/v1/operations/probe/messages";

    private static readonly (string, string)[] TriedThriceThenTwiceAgain =
    [
        ("Messaging:Attempts", "3"),
        ("Messaging:RedeliverAfter:0", "00:00:05"),
        ("Messaging:RedeliverAfter:1", "00:00:30"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_comes_twice_takes_effect_once()
    {
        await using var host = await ProbeHost.StartAsync();
        var (apart, together) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        await DeliverAsync(host, (apart, "apart"));
        await host.UntilAsync("count(*) = 2 from effects");
        await DeliverAsync(host, (apart, "apart"), (together, "together"), (together, "together"));
        await host.UntilAsync("count(*) = 2 from effects where note = 'together'");
        await DeliverAsync(host, (Guid.CreateVersion7(), "the last"));
        await host.UntilAsync("count(*) = 2 from effects where note = 'the last'");

        Assert.Equal(6, await host.CountAsync("effects"));
    }

    [Fact]
    public async Task One_poison_message_keeps_no_other_back_and_is_parked_with_its_reason_after_its_last_attempt()
    {
        var alone = new ConcurrentQueue<string>();
        await using var host = await ProbeHost.StartAsync(
            script: PoisonFor("first", () => "cannot stomach it", alone),
            clock: new FastClock(times: 50),
            settings: TriedThriceThenTwiceAgain
        );

        await host.PublishAsync(new Noted("a"), new Noted("b"), new Noted("poison"), new Noted("c"), new Noted("d"));
        await host.UntilAsync("exists (select from platform.failed_messages where next_attempt_at is null)");
        await host.UntilAsync("count(*) = 5 from effects where consumer = 'second'");
        await host.UntilAsync("not exists (select from platform.outbox)");

        Assert.Equal(
            ["a", "b", "c", "d"],
            await host.Db.QueryAsync<string>("select note from effects where consumer = 'first' order by 1", null, Ct)
        );
        // Three times at once, and twice again from the table.
        Assert.Equal(5, alone.Count(note => note == "poison"));
        var parked = Assert.Single(await ListAsync(host, "?parked=true"));
        Assert.Equal("probe-noted", parked.GetProperty("consumer").GetString());
        Assert.Equal("InvalidOperationException: cannot stomach it", parked.GetProperty("reason").GetString());
        Assert.Equal(3, parked.GetProperty("attempts").GetInt32());
        Assert.Equal("""{"text":"poison"}""", parked.GetProperty("body").GetString());
        Assert.Empty(await ListAsync(host, "?parked=false"));
    }

    [Fact]
    public async Task A_replayed_message_is_handled_and_leaves_the_list()
    {
        string? reason = "not yet";
        await using var host = await ProbeHost.StartAsync(
            script: PoisonFor("second", () => reason),
            clock: new FastClock(times: 50),
            settings: [("Messaging:Attempts", "1"), ("Messaging:RedeliverAfter:0", "00:00:01")]
        );
        await host.PublishAsync(new Noted("poison"));
        await host.UntilAsync("exists (select from platform.failed_messages where next_attempt_at is null)");
        var id = (await ListAsync(host)).Single().GetProperty("id").GetGuid();

        reason = "still not";
        using (var replayed = await host.SendAsync(HttpMethod.Post, $"{Messages}/{id}/replay", Scope.Admin))
            Assert.Equal(HttpStatusCode.Accepted, replayed.StatusCode);
        await host.UntilAsync("exists (select from platform.failed_messages where next_attempt_at is null and reason like '%still not%')");

        reason = null;
        using (var replayed = await host.SendAsync(HttpMethod.Post, $"{Messages}/replay", Scope.Admin))
            Assert.Equal(HttpStatusCode.Accepted, replayed.StatusCode);
        await host.UntilAsync("exists (select from effects where consumer = 'second' and note = 'poison')");

        Assert.Empty(await ListAsync(host));
        Assert.Equal(2, await host.CountAsync("effects"));
    }

    [Fact]
    public async Task A_service_tells_how_it_is_and_what_waits()
    {
        await using var host = await ProbeHost.StartAsync();
        await host.Db.ExecuteAsync(
            """
            insert into platform.outbox (message_id, type, body, created_at, error)
            values (gen_random_uuid(), 'gone', '{}', now() - interval '1 hour', 'there is no such type');
            insert into platform.failed_messages (id, consumer, message_id, type, body, sent_at, reason, attempts, next_attempt_at, failed_at)
            select gen_random_uuid(), 'probe-noted', gen_random_uuid(), 't', '{}', now(), 'r', 1, later, now()
            from unnest(array[null, now() + interval '1 day', now() + interval '1 day']::timestamptz[]) as l (later)
            """,
            null,
            Ct
        );

        using var answer = await host.SendAsync(HttpMethod.Get, "/api/v1/operations/probe", Scope.Read);
        var told = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal("healthy", told.GetProperty("status").GetString());
        Assert.Contains(told.GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "probe-db");
        Assert.Equal(
            (0L, 1L),
            (
                told.GetProperty("outbox").GetProperty("waiting").GetInt64(),
                told.GetProperty("outbox").GetProperty("unpublishable").GetInt64()
            )
        );
        Assert.Equal(
            (2L, 1L),
            (told.GetProperty("messages").GetProperty("retrying").GetInt64(), told.GetProperty("messages").GetProperty("parked").GetInt64())
        );
    }

    [Fact]
    public async Task Replaying_is_for_admins_and_names_what_is_not_there()
    {
        await using var host = await ProbeHost.StartAsync();

        using var forbidden = await host.SendAsync(HttpMethod.Post, $"{Messages}/{Guid.CreateVersion7()}/replay", Scope.Write);
        using var missing = await host.SendAsync(HttpMethod.Post, $"{Messages}/{Guid.CreateVersion7()}/replay", Scope.Admin);

        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("/problems/parked-message-not-found", await missing.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_that_cannot_be_noted_because_the_database_goes_away_is_noted_when_it_is_back()
    {
        ProbeHost? host = null;
        var tries = 0;
        var script = new Script
        {
            Before = async (consumer, _, _) =>
            {
                if (consumer != "first")
                    return;
                // The last attempt before it would be noted: every connection breaks, those that wait in the pool too.
                if (++tries == 2)
                    await Watch.CutConnectionsAsync(host!.ConnectionString);
                throw new InvalidOperationException("cannot stomach it");
            },
        };
        await using var started = host = await ProbeHost.StartAsync(
            script: script,
            clock: new FastClock(times: 50),
            settings: [("Messaging:Attempts", "1"), ("Messaging:RedeliverAfter:0", "1.00:00:00")]
        );
        await FillPoolAsync(host);

        await host.PublishAsync(new Noted("poison"));

        await host.UntilAsync("exists (select from platform.failed_messages where reason like '%cannot stomach it%')");
    }

    [Fact]
    public async Task A_message_is_not_blamed_while_the_database_is_away()
    {
        ProbeHost? host = null;
        var tries = 0;
        var script = new Script
        {
            Before = (consumer, _, _) =>
                consumer == "first" && Interlocked.Increment(ref tries) <= 4
                    ? Watch.CutConnectionsAsync(host!.ConnectionString)
                    : Task.CompletedTask,
        };
        await using var started = host = await ProbeHost.StartAsync(
            script: script,
            clock: new FastClock(times: 50),
            settings: ("Messaging:Attempts", "1")
        );

        await host.PublishAsync(new Noted("innocent"));
        await host.UntilAsync("count(*) = 2 from effects");

        Assert.Equal(0, await host.CountAsync("platform.failed_messages"));
        Assert.True(tries > 4);
    }

    private static Script PoisonFor(string victim, Func<string?> reason, ConcurrentQueue<string>? alone = null) =>
        new()
        {
            Before = (consumer, messages, _) =>
            {
                if (consumer != victim)
                    return Task.CompletedTask;
                if (messages.Count == 1)
                    alone?.Enqueue(messages[0].Message.Text);
                return reason() is { } why && messages.Any(message => message.Message.Text == "poison")
                    ? throw new InvalidOperationException(why)
                    : Task.CompletedTask;
            },
        };

    private static async Task DeliverAsync(ProbeHost host, params (Guid Id, string Text)[] messages)
    {
        foreach (var (id, text) in messages)
            await host.Bus.Publish(new Noted(text), context => context.MessageId = id, Ct);
    }

    private static async Task<JsonElement[]> ListAsync(ProbeHost host, string query = "")
    {
        using var answer = await host.SendAsync(HttpMethod.Get, Messages + query, Scope.Read);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("items").EnumerateArray()];
    }

    private static async Task FillPoolAsync(ProbeHost host)
    {
        var open = await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => host.Db.OpenAsync(Ct).AsTask()));
        foreach (var connection in open)
            await connection.DisposeAsync();
    }
}
