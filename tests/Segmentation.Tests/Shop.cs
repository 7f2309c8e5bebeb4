using Dapper;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Rules;
using MarketingPlatform.Segmentation.Segments;
using MarketingPlatform.TestInfrastructure;
using MarketingPlatform.TestInfrastructure.Streams;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests;

/// <summary>
/// The whole service on a database and a bus of its own, and a clock that stands still. What it publishes is kept by a trigger.
/// </summary>
public sealed class Shop : IAsyncLifetime
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private Deliveries? deliveries;
    private string? connectionString;
    private WebApplication? app;
    private TokenIssuer? issuer;

    public FakeTimeProvider Clock { get; } = new(Start);

    public HttpClient Http { get; private set; } = null!;

    public string ConnectionString => connectionString!;

    internal SegmentationDatabase Db => app!.Services.GetRequiredService<SegmentationDatabase>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        connectionString = await TestPostgres.CreateDatabaseAsync("segmentation");
        issuer = new TokenIssuer(TokenIssuer.CreateKey(), Clock);
        app = ServiceHost.Build(
            [],
            [new SegmentationModule()],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["ConnectionStrings:segmentation-db"] = connectionString,
                        ["Messaging:Transport"] = "memory",
                        ["Shop:TimeZone"] = "Europe/Berlin",
                        ["Segmentation:ChangesPerTransaction"] = "7", // so that most evaluations take several
                    }
                );
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.AddFilter(null, LogLevel.Critical);
                builder.Services.AddSingleton<TimeProvider>(Clock);
                builder.Services.AddSingleton<ITokenKeys>(issuer);
            }
        );
        await app.StartAsync(Ct);
        await Db.WhenReadyAsync(Ct);
        await Db.ExecuteAsync(PublishedNews.RecordSql, null, Ct);
        deliveries = new Deliveries(app.Services.GetRequiredService<IBus>(), "segmentation");
        Http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("test");
        Http.BaseAddress = new Uri(app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app!.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        issuer!.Dispose();
    }

    /// <summary>Valid for five minutes of the shop's clock.</summary>
    public string TokenFor(Scope scope) => issuer!.Issue("test", [scope]).Token;

    public static Guid NewCustomer() => Guid.CreateVersion7(Start);

    /// <summary>Delivers messages as the broker would; returns when every one was handled.</summary>
    public Task Hears(params object[] messages) => deliveries!.DeliverAsync(messages, Ct);

    internal Task Receives(IReadOnlyList<(Guid Id, object Message)> messages) =>
        deliveries!.DeliverAsync([.. messages.Select(m => new StreamMessage(m.Id, m.Message))], Ct);

    /// <summary>Gives a message to the bus; nobody waits for it here.</summary>
    internal Task PublishAsync(StreamMessage message) => Deliveries.PublishAsync(app!.Services.GetRequiredService<IBus>(), message, Ct);

    /// <summary>Segments are evaluated at the time that the shop's clock shows.</summary>
    public async Task Evaluates()
    {
        // The worker may be in the middle of an evaluation, or take the mark: then once more.
        do
        {
            await Db.ExecuteAsync(SegmentationDatabase.MarkChanged, null, Ct);
        } while (!await app!.Services.GetRequiredService<SegmentEvaluation>().RunIfDueAsync(Ct));
    }

    /// <summary>Rules are followed at the time that the shop's clock shows, until nothing is left to do.</summary>
    internal async Task FollowsRules()
    {
        do
        {
            await Get<FollowCustomers>().RunOnceAsync(Ct);
            await Get<RecomputeSegments>().RunOnceAsync(Ct);
        } while (await Db.QuerySingleAsync<bool>(PendingSql, new { Now = SegmentRules.Instant(Clock.GetUtcNow()) }, Ct));
    }

    /// <summary>A segment with this rule is there, and followed.</summary>
    internal async Task Defines(string key, string text)
    {
        await Db.ExecuteAsync(
            """
            insert into segments (id, key, name, kind, description, rule, updated_at)
            values (gen_random_uuid(), @key, @key, 'rule', '', @rule::jsonb, now())
            """,
            new { key, rule = RuleJson.Write(RuleParser.Parse(text)).ToJsonString() },
            Ct
        );
        await FollowsRules();
    }

    /// <summary>Until it is disposed no rule is followed, as if another instance were at it.</summary>
    internal async Task<IDisposable> WhileNobodyFollows()
    {
        var work = await Db.BeginAsync(Ct);
        await work.ExecuteAsync(SegmentationDatabase.ExclusiveForFollowing, null, Ct);
        return new Held(work);
    }

    private sealed class Held(Platform.Data.UnitOfWork work) : IDisposable
    {
        // Rolled back: nothing was changed, only held.
        public void Dispose() => work.Connection.Dispose();
    }

    internal T Get<T>()
        where T : notnull => app!.Services.GetRequiredService<T>();

    private const string PendingSql = """
        select exists (select from dirty) or exists (select from due where at <= @Now) or exists (select from staged)
            or exists (select from segments where rule is not null and (applied_version < version or deleting))
        """;

    /// <summary>Everything forgotten but the built-in segments.</summary>
    public Task StartsOver() =>
        Db.ExecuteAsync(
            $"""
            {SegmentationDatabase.ExclusiveForErasure}
            truncate customers, consents, orders, refunds, activity_days, merges, platform.erased, memberships, rfm_scores, test.published,
                events, order_lines, products, scores, dirty, due, staged;
            delete from segments where rule is not null;
            """,
            null,
            Ct
        );

    /// <summary>Keys of the segments that a customer belongs to, without the RFM ones.</summary>
    public async Task<string[]> RulesOf(Guid customer) =>
        [.. (await SegmentsOf(customer)).Where(key => !key.StartsWith("rfm-", StringComparison.Ordinal))];

    public async Task<IReadOnlyList<string>> SegmentsOf(Guid customer) =>
        await Db.QueryAsync<string>(
            "select s.key from memberships m join segments s on s.id = m.segment_id where m.customer_id = @customer order by 1",
            new { customer },
            Ct
        );

    /// <summary>What was published about a customer, oldest first: "+lapsed", "-lapsed".</summary>
    public async Task<string[]> PublishedAbout(Guid customer) =>
        [
            .. await Db.QueryAsync<string>(
                """
                select case when type like '%SegmentEntered%' then '+' else '-' end || (body::jsonb ->> 'segment')
                from test.published where body::jsonb ->> 'customerId' = @customer::text order by id
                """,
                new { customer },
                Ct
            ),
        ];

    public OrderPlaced Order(Guid customer, int daysAgo, decimal total = 10, string currency = "EUR", string? id = null) =>
        new(customer, id ?? Guid.CreateVersion7().ToString(), [], total, currency, null, Clock.GetUtcNow().AddDays(-daysAgo));

    public OrderRefunded Refund(Guid customer, decimal amount, string? order = null) =>
        new(customer, Guid.CreateVersion7().ToString(), order, [], amount, "EUR", Clock.GetUtcNow());

    public CustomerProfileChanged Profile(Guid customer, int firstSeenDaysAgo, long version = 1, string? country = null)
    {
        var seen = Clock.GetUtcNow().AddDays(-firstSeenDaysAgo);
        return new(customer, version, null, null, null, null, null, null, country, null, null, null, seen, seen);
    }
}
