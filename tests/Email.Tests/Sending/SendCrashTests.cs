using Dapper;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Messages;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.TestInfrastructure;
using Npgsql;
using Xunit;

namespace MarketingPlatform.Email.Tests.Sending;

/// <summary>kill -9 of the service, as a process of its own, at random instants of a send.</summary>
[Collection(HostedEmail.Name)]
[Trait("Category", "Chaos")]
public sealed class SendCrashTests
{
    private const int Mails = 5_000;
    private const int Kills = 30;
    private const int Connections = 8;
    private const string End = "END-OF-THIS-MAIL";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_policy_resend_nothing_is_missed_and_every_duplicate_was_listed_before()
    {
        var (sink, email, mails) = await SendThroughKillsAsync("resend");
        await using var _ = sink;
        await using var __ = email;

        var taken = sink.Taken(End);
        var copies = taken.GroupBy(mail => mail.MessageId).ToDictionary(group => group.Key, group => group.Count());
        var duplicates = taken.Count - copies.Count;
        TestContext.Current.SendDiagnosticMessage("{0} of {1} duplicated by {2} kills", duplicates, Mails, Kills);

        Assert.All(mails, mail => Assert.Equal("sent", mail.Status));
        Assert.Equal(Mails, taken.Select(mail => mail.Recipient).Distinct().Count());
        Assert.InRange(duplicates, 0, Kills * Connections);
        var listed = mails.ToDictionary(mail => $"{mail.Id:N}@shop.example", mail => mail.AmbiguousCount ?? 0);
        Assert.All(copies, mail => Assert.InRange(mail.Value - 1, 0, listed[mail.Key]));
    }

    [Fact]
    public async Task With_the_policy_skip_nothing_arrives_twice_and_what_may_be_missing_is_listed()
    {
        var (sink, email, mails) = await SendThroughKillsAsync("skip");
        await using var _ = sink;
        await using var __ = email;

        var taken = sink.Taken(End);

        Assert.Equal(taken.Count, taken.Select(mail => mail.MessageId).Distinct().Count());
        var arrived = taken.Select(mail => mail.MessageId).ToHashSet();
        var open = mails.Where(mail => mail.Status == "ambiguous").ToArray();
        Assert.All(open, mail => Assert.Equal("skipped", mail.Resolution));
        Assert.InRange(open.Length, 0, Kills * Connections);
        Assert.All(mails.Except(open), mail => Assert.Equal("sent", mail.Status));
        Assert.All(mails.Where(mail => !arrived.Contains($"{mail.Id:N}@shop.example")), mail => Assert.Equal("ambiguous", mail.Status));
        // Each of them is found where somebody would look.
        var listed = await AllAsync(email, "status=ambiguous");
        Assert.Superset(open.Select(mail => mail.Id).ToHashSet(), listed.Select(mail => mail.Id).ToHashSet());
    }

    private static async Task<(SmtpSink Sink, EmailProcess Email, IReadOnlyList<Message> Mails)> SendThroughKillsAsync(string policy)
    {
        var random = new Random(policy.Length);
        var sink = await SmtpSink.StartAsync();
        var database = await TestPostgres.CreateDatabaseAsync("email-chaos");
        var email = await EmailProcess.CreateAsync(
            database,
            ("Email:Smtp:Host", "127.0.0.1"),
            ("Email:Smtp:Port", $"{sink.Port}"),
            ("Email:Concurrency", $"{Connections}"),
            ("Email:AmbiguousPolicy", policy)
        );
        await email.StartAsync();
        var created = await email.PostAsync<CreatedSend>(
            Routes.Sends,
            new
            {
                purpose = "transactional",
                audience = new { recipients = Enumerable.Range(0, Mails).Select(i => new { email = $"customer{i}@example.com" }) },
                content = new { subject = "Hello", text = $"Some words.\n{End}\n" },
            }
        );
        await using var ledger = new NpgsqlConnection(database);
        await ledger.OpenAsync(Ct);
        // One kill in each thirtieth of the send, at a random mail of it.
        for (var kill = 0; kill < Kills; kill++)
        {
            var from = kill * Mails / Kills;
            var at = from + random.Next(Mails / Kills);
            await RunningEmail.EventuallyAsync(
                async () => await CountAsync(ledger, "status <> 'queued' and status <> 'claimed'") >= at,
                EmailProcess.Patience
            );
            // Another process is killed: the instant must not follow from what the ledger just said.
            await Task.Delay(random.Next(20), Ct);
            await email.KillAsync();
            // At most one mail a connection is in doubt after each kill.
            Assert.InRange(await CountAsync(ledger, "status = 'claimed' and handed_over_at is not null"), 0, Connections);
            await email.StartAsync();
        }
        await RunningEmail.EventuallyAsync(
            async () => await CountAsync(ledger, "status in ('queued', 'claimed')") == 0,
            EmailProcess.Patience
        );
        return (sink, email, await AllAsync(email, $"send={created.Send.Id}"));
    }

    private static Task<long> CountAsync(NpgsqlConnection ledger, string which) =>
        ledger.QuerySingleAsync<long>($"select count(*) from mails where {which}");

    private static async Task<IReadOnlyList<Message>> AllAsync(EmailProcess email, string query)
    {
        List<Message> all = [];
        string? cursor = null;
        do
        {
            var page = await email.GetAsync<Page<Message>>($"{Routes.Messages}?{query}&limit=1000&cursor={cursor}");
            all.AddRange(page.Items);
            cursor = page.NextCursor;
        } while (cursor is not null);
        return all;
    }
}
