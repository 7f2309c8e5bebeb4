using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MarketingPlatform.Chatbot.Conversations;
using MarketingPlatform.Chatbot.Handoff;
using MarketingPlatform.Chatbot.Quality;
using MarketingPlatform.Chatbot.SignIn;
using MarketingPlatform.Chatbot.Tests.Widget;
using MarketingPlatform.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Handoff;

public sealed class HandoffTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    private static CancellationToken Ct => RunningChatbot.Ct;

    [Fact]
    public async Task A_person_takes_answers_and_hands_back_and_the_visitor_hears_all_of_it()
    {
        var visit = await Visit.OpenAsync(bot);
        var over = await visit.SaysAsync("I want to talk to a human being");
        Assert.True(over.End.Held);
        Assert.Contains((await bot.GetAsync<Page<InboxEntry>>("/inbox")).Items, e => e.ConversationId == visit.Id && e.Agent is null);
        var silent = await visit.SaysAsync("are you there? where is my order?");
        Assert.Equal(("", true), (silent.Text, silent.End.Held));

        var hears = visit.FollowAsync(over.End.Id!.Value);
        await visit.AgentAsync("take");
        await visit.AgentAsync("reply", "Grace here. What can I do?");
        await visit.AgentAsync("return");

        var heard = await hears;
        Assert.Contains(
            heard,
            e => e.Name == "message" && (string?)e.Data["agent"] == "Grace" && (string?)e.Data["text"] == "Grace here. What can I do?"
        );
        Assert.Equal("bot", (string?)heard[^1].Data["holder"]);
        Assert.NotEqual("", (await visit.SaysAsync("hello")).Text);
        var kept = await bot.GetAsync<ConversationView>($"/conversations/{visit.Id}");
        Assert.Equal(["visitor", "bot", "visitor", "agent", "bot", "visitor", "bot"], kept.Messages.Select(m => m.Who));
        Assert.Equal(("asked", "Grace", "agent"), (kept.Handoffs![0].Reason, kept.Handoffs[0].Agent, kept.Handoffs[0].EndedBy));
    }

    [Fact]
    public async Task What_an_automation_asked_for_hands_over_the_customers_next_message_once()
    {
        var customer = RunningChatbot.NewCustomer();
        var asked = new MarketingPlatform.Contracts.Email.ChatHandoffRequested(
            Guid.CreateVersion7(),
            customer,
            "A large cart was left behind",
            "big-carts",
            TimeProvider.System.GetUtcNow()
        );
        await bot.ConsumeAsync<ChatHandoffRequestedConsumer, MarketingPlatform.Contracts.Email.ChatHandoffRequested>(asked, asked);

        var first = await bot.SaysAsync("what are your opening hours?", customer);
        var other = await bot.SaysAsync("what are your opening hours?", RunningChatbot.NewCustomer());

        Assert.True(first.Held);
        Assert.False(other.Held);
        var kept = await bot.GetAsync<ConversationView>($"/conversations/{first.ConversationId}");
        Assert.Equal(("automation", "A large cart was left behind"), (kept.Handoffs![0].Reason, kept.Handoffs[0].Slots["why"]));
        // Another conversation, later: the wish is fulfilled.
        Assert.False((await bot.SaysAsync("what are your opening hours?", customer)).Held);
    }

    [Fact]
    public async Task The_bot_is_silent_while_a_person_holds_it_however_many_messages_come_at_once()
    {
        var visit = await Visit.OpenAsync(bot);
        await visit.SaysAsync("hello");

        // The hand-over comes amid messages: whatever is answered before it is answered, nothing after it is.
        await Task.WhenAll(Enumerable.Range(0, 12).Select(n => visit.SaysAsync(n == 6 ? "I want to talk to a human being" : "thank you")));

        var kept = (await bot.GetAsync<ConversationView>($"/conversations/{visit.Id}")).Messages;
        var last = kept.Select((m, n) => (m, n)).Last(x => x.m.Who == "bot").n;
        Assert.Equal(("handoff", 13), (kept[last].Intent, kept.Count(m => m.Who == "visitor")));
        Assert.All(kept.Skip(last + 1), m => Assert.Equal("visitor", m.Who));
    }

    [Fact]
    public async Task Two_stages_that_fail_hand_over_with_the_first_ranking()
    {
        var visit = await Visit.OpenAsync(bot);
        await visit.SaysAsync("who won the football match yesterday");
        var conversation = $"/conversations/{visit.Id}";
        for (var more = 0; more < 2; more++)
            await visit.SaysAsync("what is the capital of Australia");

        var handoff = Assert.Single((await bot.GetAsync<ConversationView>(conversation)).Handoffs!);
        Assert.Equal(("not-understood", "who won the football match yesterday"), (handoff.Reason, handoff.FirstText));
        Assert.Equal((await bot.GetAsync<ConversationView>(conversation)).Messages[0].Ranking, handoff.Ranking);
    }

    [Fact]
    public async Task The_visitor_may_go_back_to_the_bot_and_rate()
    {
        var visit = await Visit.OpenAsync(bot);
        await visit.SaysAsync("I want to talk to a human being");
        using var back = await visit.PostAsync("bot", new { visit = visit.View.Visit });
        Assert.NotEqual("", (await visit.SaysAsync("hello")).Text);
        await visit.AgentAsync("reply", "too late", HttpStatusCode.Conflict);

        using var rated = await visit.PostAsync(
            "rating",
            new
            {
                visit = visit.View.Visit,
                stars = 4,
                comment = "quick",
            }
        );
        using var bad = await visit.PostAsync("rating", new { visit = visit.View.Visit, stars = 6 });
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.BadRequest), (rated.StatusCode, bad.StatusCode));
        var kept = await bot.GetAsync<ConversationView>($"/conversations/{visit.Id}");
        Assert.Equal((4, "quick", "visitor"), (kept.Rating, kept.RatingComment, kept.Handoffs![0].EndedBy));
    }

    [Fact]
    public async Task The_overview_counts_what_the_bot_did_alone()
    {
        var before = await bot.GetAsync<ChatOverview>("/overview");
        await (await Visit.OpenAsync(bot)).SaysAsync("hello");
        await (await Visit.OpenAsync(bot)).SaysAsync("I want to talk to a human being");
        await Visit.OpenAsync(bot);

        var after = await bot.GetAsync<ChatOverview>("/overview");

        Assert.Equal(
            (2, 1, 1),
            (after.Conversations - before.Conversations, after.Contained - before.Contained, after.Waiting - before.Waiting)
        );
        Assert.Equal((double)after.Contained / after.Conversations, after.Containment);
    }

    [Fact]
    public async Task A_web_hook_gets_transcript_intent_slots_and_reason_signed_and_is_tried_again_where_it_failed()
    {
        var visit = await Visit.OpenAsync(bot);
        await visit.SaysAsync("I want to talk to a human being");
        await NoticeAsync(visit, $"{bot.Platform.Address}/nothing-here");
        await WaitAsync(async () => await FailureAsync(visit) is not null);
        Assert.Contains("404", await FailureAsync(visit), StringComparison.Ordinal);
        await bot.Database.ExecuteAsync(
            "update handoff_notices set target = @Hook, next_attempt_at = now()",
            new { Hook = bot.Platform.Address + "/hook" },
            Ct
        );

        (Microsoft.AspNetCore.Http.IHeaderDictionary Headers, string Body) hooked = default;
        await WaitAsync(() => Task.FromResult(bot.Platform.Hooked.TryDequeue(out hooked)));

        var body = JsonNode.Parse(hooked.Body!)!;
        Assert.Equal(("asked", "I want to talk to a human being"), ((string?)body["reason"], (string?)body["messages"]![0]!["text"]));
        var secret = await bot.Services.GetRequiredService<SigningKeys>().GetAsync(SigningKeys.WebHook, Ct);
        var signed = Encoding.UTF8.GetBytes($"{hooked.Headers!["Webhook-Id"]}.{hooked.Headers["Webhook-Timestamp"]}.{hooked.Body}");
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed)), hooked.Headers["Webhook-Signature"].ToString());
        await WaitAsync(async () => await bot.Database.QuerySingleAsync<int>("select count(*)::int from handoff_notices", null, Ct) == 0);
    }

    [Fact]
    public async Task A_mail_tells_the_shops_people()
    {
        var visit = await Visit.OpenAsync(bot);
        await visit.SaysAsync("I want to talk to a human being");
        await NoticeAsync(visit, "help@shop.example", "mail");

        await WaitAsync(() => Task.FromResult(bot.Platform.Mails.Any(m => (string?)m["to"] == "help@shop.example")));
        Assert.Contains(
            $"/console/chat/{visit.Id}",
            bot.Platform.Mails.Last(m => (string?)m["to"] == "help@shop.example").ToJsonString(),
            StringComparison.Ordinal
        );
    }

    private Task NoticeAsync(Visit visit, string target, string kind = "webhook") =>
        bot.Database.ExecuteAsync(
            """
            insert into handoff_notices (id, handoff_id, kind, target, next_attempt_at)
            select gen_random_uuid(), id, @kind, @target, now() from handoffs where conversation_id = @Id
            """,
            new
            {
                visit.Id,
                target,
                kind,
            },
            Ct
        );

    private Task<string?> FailureAsync(Visit visit) =>
        bot.Database.QuerySingleOrDefaultAsync<string>(
            "select n.failure from handoff_notices n join handoffs h on h.id = n.handoff_id where h.conversation_id = @Id",
            new { visit.Id },
            Ct
        );

    private static async Task WaitAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
            await Task.Delay(20, Ct);
    }
}
