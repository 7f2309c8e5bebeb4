using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MarketingPlatform.Client.Tests;

public sealed class MarketingPlatformClientTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // Every pause passes at once.
    private readonly FakeTimeProvider clock = new(Now) { AutoAdvanceAmount = TimeSpan.Zero };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_go_in_batches_of_a_hundred_with_their_own_fields_and_the_key()
    {
        var answers = new Answers(Answers.Ok("""{"success":true}"""));
        using var platform = Connect(answers);

        var rejected = await platform.Collect.SendAsync(
            [
                new Identify { UserId = "7", Traits = new { email = "a@b.c" } },
                new Track("Order Completed")
                {
                    UserId = "7",
                    MessageId = "m1",
                    Timestamp = Now.AddDays(-1),
                    Properties = new { total = 1.5m },
                },
                new Alias("old") { UserId = "7" },
                .. Enumerable.Range(0, 100).Select(n => new Page("p" + n) { AnonymousId = "x" }),
            ],
            Ct
        );

        Assert.Empty(rejected);
        Assert.Equal(["POST /v1/batch Bearer key", "POST /v1/batch Bearer key"], answers.Asked.Select(asked => asked.Request));
        var batches = answers.Asked.Select(asked => JsonNode.Parse(asked.Body)!["batch"]!.AsArray()).ToArray();
        Assert.All(answers.Asked, asked => Assert.Equal(Now, (DateTimeOffset)JsonNode.Parse(asked.Body)!["sentAt"]!));
        Assert.Equal([100, 3], batches.Select(batch => batch.Count));
        Assert.Equal(
            """{"type":"track","event":"Order Completed","properties":{"total":1.5},"messageId":"m1","userId":"7","timestamp":"2026-02-28T12:00:00+00:00"}""",
            batches[0][1]!.ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal)
        );
        Assert.Equal("2026-03-01T12:00:00+00:00", (string?)batches[0][0]!["timestamp"]);
        Assert.Equal(103, batches.SelectMany(batch => batch).Select(call => (string)call!["messageId"]!).Distinct().Count());
    }

    [Fact]
    public async Task A_rejected_call_is_named_by_its_place_among_all()
    {
        var answers = new Answers(
            Answers.Ok("""{"success":true}"""),
            Answers.Ok(
                """{"success":true,"rejected":[{"index":1,"messageId":"m","reason":"no-event-name","detail":"Say what happened."}]}"""
            )
        );
        using var platform = Connect(answers);

        var rejected = Assert.Single(
            await platform.Collect.SendAsync([.. Enumerable.Range(0, 102).Select(_ => new Track("") { UserId = "7" })], Ct)
        );
        Assert.Equal((101, "no-event-name"), (rejected.Index, rejected.Reason));
    }

    [Fact]
    public async Task A_summary_is_read_with_what_others_said_and_without_who_was_away()
    {
        var answers = new Answers(
            Answers.Ok(
                """
                {"id":"01900000-0000-7000-8000-000000000001","userId":"7","segments":[{"name":"lapsed","since":"2026-02-01T00:00:00Z"}],
                 "scores":[{"name":"score.churn","value":0.25,"modelVersion":"v7","at":"2026-02-27T00:00:00Z"}],
                 "consents":[{"purpose":"chat","granted":false,"at":"2026-01-01T00:00:00Z","source":"form"}],
                 "computed":{"firstSeen":"2025-01-01T00:00:00Z","lastSeen":"2026-02-01T00:00:00Z","orders":2,"spend":9.5,"currency":"EUR"},
                 "nextBestProduct":{"productId":"p1","name":"Tea","currency":"EUR","score":1.5,"reason":"Popular","source":"popularity"}}
                """
            ),
            Answers.Ok(
                """
                {"id":"01900000-0000-7000-8000-000000000001","segments":[],"consents":[],
                 "computed":{"firstSeen":"2025-01-01T00:00:00Z","lastSeen":"2026-02-01T00:00:00Z","orders":0,"spend":0,"currency":"EUR"}}
                """
            )
        );
        using var platform = Connect(answers);
        var id = new Guid("01900000-0000-7000-8000-000000000001");

        var known = await platform.Customers.SummaryAsync(id, Ct);
        Assert.Equal($"GET /api/v1/customers/{id}/summary Bearer key", answers.Asked[0].Request);
        Assert.Equal(
            ("lapsed", 0.25m, false, 9.5m, "Tea"),
            (known.Segments[0].Name, known.Scores![0].Value, known.Consents[0].Granted, known.Computed.Spend, known.NextBestProduct!.Name)
        );
        var away = await platform.Customers.SummaryAsync(id, Ct);
        Assert.True(away is { Scores: null, NextBestProduct: null, UserId: null });
    }

    [Fact]
    public async Task A_single_call_that_cannot_be_used_throws_with_the_reason()
    {
        using var platform = Connect(
            new Answers(Answers.Ok("""{"rejected":[{"index":0,"reason":"no-event-name","detail":"Say what happened."}]}"""))
        );
        var refused = await Assert.ThrowsAsync<MarketingPlatformException>(() =>
            platform.Collect.SendAsync(new Track("") { UserId = "7" }, Ct)
        );
        Assert.Equal("Say what happened.", refused.Message);
    }

    [Fact]
    public async Task What_breaks_or_is_refused_for_now_is_sent_again_the_same()
    {
        var answers = new Answers(
            Answers.Broken,
            Answers.Of(HttpStatusCode.TooManyRequests, "", TimeSpan.FromSeconds(7)),
            Answers.Of(HttpStatusCode.ServiceUnavailable, ""),
            Answers.Ok("""{"success":true}""")
        );
        using var platform = Connect(answers);

        var sending = platform.Collect.SendAsync(new Track("x") { UserId = "7" }, Ct);
        while (!sending.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await sending;

        Assert.Equal(4, answers.Asked.Count);
        // The calls; the time of sending is that of each attempt.
        Assert.Single(answers.Asked.Select(asked => JsonNode.Parse(asked.Body)!["batch"]!.ToJsonString()).Distinct());
        Assert.True(answers.Asked.Select(asked => (DateTimeOffset)JsonNode.Parse(asked.Body)!["sentAt"]!).Distinct().Count() > 1);
    }

    [Theory]
    [InlineData(
        HttpStatusCode.BadRequest,
        """{"type":"/problems/validation","title":"Not valid","detail":"Correct it.","errors":{"limit":["Too large."]}}""",
        "Not valid. Correct it. limit: Too large."
    )]
    [InlineData(HttpStatusCode.Forbidden, "nothing but text", "The platform answered 403. nothing but text")]
    public async Task What_is_refused_for_good_throws_at_once_with_the_platforms_words(HttpStatusCode status, string body, string message)
    {
        var answers = new Answers(Answers.Of(status, body));
        using var platform = Connect(answers);

        var refused = await Assert.ThrowsAsync<MarketingPlatformException>(() => platform.Customers.GetAsync(Guid.Empty, Ct));

        Assert.Equal(((int)status, message), (refused.Status, refused.Message));
        Assert.Single(answers.Asked);
    }

    [Fact]
    public async Task Lists_are_read_page_by_page_and_changes_from_a_cursor_on()
    {
        var id = Guid.CreateVersion7();
        var answers = new Answers(
            Answers.Ok($$"""{"items":[{"customerId":"{{id}}","enteredAt":"2026-03-01T12:00:00Z"}],"nextCursor":"a+b"}"""),
            Answers.Ok($$"""{"items":[{"customerId":"{{id}}","enteredAt":"2026-03-01T12:00:00Z","frequency":3}]}"""),
            Answers.Ok($$"""{"items":[{"kind":"order","customerId":"{{id}}","at":"2026-03-01T12:00:00Z","total":5}],"nextCursor":"c2"}""")
        );
        using var platform = Connect(answers);

        var members = new List<Member>();
        await foreach (var member in platform.Segments.MembersAsync("a b", Ct))
            members.Add(member);
        var changes = await platform.Changes.ReadAsync("c1", ct: Ct);

        Assert.Equal([null, 3], members.Select(member => member.Frequency));
        Assert.Equal(("order", 5, "c2"), (changes.Items[0].Kind, changes.Items[0].More!["total"].GetInt32(), changes.NextCursor));
        Assert.Equal(
            [
                "GET /api/v1/segments/a%20b/members?limit=1000 Bearer key",
                "GET /api/v1/segments/a%20b/members?limit=1000&cursor=a%2Bb Bearer key",
                "GET /api/v1/changes?cursor=c1 Bearer key",
            ],
            answers.Asked.Select(asked => asked.Request)
        );
    }

    private MarketingPlatformClient Connect(Answers answers) =>
        new(new Uri("http://platform.test"), "key", new MarketingPlatformClientOptions { Handler = answers, Clock = clock });
}
