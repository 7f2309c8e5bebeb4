using System.Net;
using System.Net.Http.Json;
using System.Text;
using MarketingPlatform.Chatbot.Conversations;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.People;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Conversations;

public sealed class PostMessageTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    [Fact]
    public async Task A_customer_hears_how_the_last_order_stands_and_an_older_one_by_its_number()
    {
        var customer = RunningChatbot.NewCustomer();
        await bot.OrdersAsync(
            RunningChatbot.Order(customer, "HTTP-1001", RunningChatbot.Day, "lamp"),
            RunningChatbot.Order(customer, "HTTP-1002", RunningChatbot.Day.AddDays(1), "cup", "pot")
        );
        await bot.ConsumeAsync<OrderRefundedConsumer, OrderRefunded>(
            new OrderRefunded(customer, "back-1", "HTTP-1001", [], 10, "EUR", RunningChatbot.Day.AddDays(2))
        );

        var last = await bot.SaysAsync("where is my last order?", customer);
        Assert.Equal(("order_status", "HTTP-1002", OrderState.Placed), (last.Intent, last.Order!.OrderId, last.Order.Status));
        Assert.Equal(["The cup", "The pot"], last.Order.Lines.Select(l => l.Name));
        Assert.Contains("The cup", last.Reply!, StringComparison.Ordinal);
        Assert.InRange(last.Confidence, 0.3, 1);

        var older = await bot.SaysAsync("what is the status of order HTTP-1001", customer, last.ConversationId);
        Assert.Equal(
            ("HTTP-1001", OrderState.Refunded, last.ConversationId),
            (older.Order!.OrderId, older.Order.Status, older.ConversationId)
        );
    }

    [Fact]
    public async Task Two_questions_in_one_message_are_both_answered()
    {
        var customer = RunningChatbot.NewCustomer();
        await bot.OrdersAsync(RunningChatbot.Order(customer, "TWO-1001", RunningChatbot.Day, "lamp"));

        var both = await bot.SaysAsync("where is my order and how many points do I have?", customer);

        Assert.Equal("TWO-1001", both.Order!.OrderId);
        Assert.Contains("You placed order TWO-1001", both.Reply, StringComparison.Ordinal);
        Assert.Contains("You stand at Bronze", both.Reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("where is my order", "script alert script")]
    [InlineData("where is my order", "asdf jkl qwer hjklasdf")]
    [InlineData(null, "'; drop table customers; --")]
    [InlineData(null, "script alert script")]
    public async Task Noise_is_answered_in_the_conversations_language_by_what_the_bot_can_do(string? before, string noise)
    {
        var customer = RunningChatbot.NewCustomer();
        var first = before is null ? null : await bot.SaysAsync(before, customer);

        var answer = await bot.SaysAsync(noise, customer, first?.ConversationId);

        Assert.Equal("fallback", answer.Intent);
        Assert.StartsWith(
            "I am sorry, I did not understand that. Could you say it in other words? I can tell",
            answer.Reply,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_greeting_of_one_word_is_answered_in_its_language()
    {
        Assert.StartsWith("Guten Tag!", (await bot.SaysAsync("Guten Tag")).Reply, StringComparison.Ordinal);
        Assert.StartsWith("Bonjour", (await bot.SaysAsync("Bonjour")).Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_is_asked_to_sign_in_even_with_the_right_number_and_is_answered_once_signed_in()
    {
        var customer = RunningChatbot.NewCustomer();
        await bot.OrdersAsync(RunningChatbot.Order(customer, "SECRET-7001", RunningChatbot.Day, "ring"));

        var right = await bot.SaysAsync("where is my order SECRET-7001");
        var wrong = await bot.SaysAsync("where is my order SECRET-7999");
        Assert.Equal((Need.SignIn, null), (right.Needs, right.Order));
        Assert.Equal(wrong.Reply, right.Reply);

        var signedIn = await bot.SaysAsync("where is my order SECRET-7001", customer, right.ConversationId);
        Assert.Equal("SECRET-7001", signedIn.Order!.OrderId);
    }

    [Fact]
    public async Task Somebody_elses_number_is_answered_like_one_that_does_not_exist()
    {
        var (owner, other) = (RunningChatbot.NewCustomer(), RunningChatbot.NewCustomer());
        await bot.OrdersAsync(
            RunningChatbot.Order(owner, "OWN-8001", RunningChatbot.Day, "ring"),
            RunningChatbot.Order(other, "OWN-8002", RunningChatbot.Day, "cup")
        );

        var theirs = await bot.SaysAsync("where is my order OWN-8001", other);
        var nobodys = await bot.SaysAsync("where is my order OWN-8999", other);

        Assert.Null(theirs.Order);
        Assert.Equal((nobodys.Reply, nobodys.Intent, nobodys.Needs), (theirs.Reply, theirs.Intent, theirs.Needs));
    }

    [Fact]
    public async Task Somebody_elses_conversation_cannot_be_entered()
    {
        var conversation = (await bot.SaysAsync("hello", RunningChatbot.NewCustomer())).ConversationId;

        using var intruder = await bot.PostAsync(
            new
            {
                conversationId = conversation,
                customerId = RunningChatbot.NewCustomer(),
                text = "hello",
            }
        );
        using var unknown = await bot.PostAsync(
            new
            {
                conversationId = RunningChatbot.NewCustomer(),
                customerId = RunningChatbot.NewCustomer(),
                text = "hello",
            }
        );

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (intruder.StatusCode, unknown.StatusCode));
        Assert.Equal(await TypeOf(unknown), await TypeOf(intruder));
    }

    [Fact]
    public async Task After_a_merge_one_person_asks_for_the_orders_of_both_and_after_its_undoing_no_more()
    {
        var (anonymous, known) = (RunningChatbot.NewCustomer(), RunningChatbot.NewCustomer());
        await bot.OrdersAsync(RunningChatbot.Order(anonymous, "MERGE-3001", RunningChatbot.Day, "cup"));
        Assert.Null((await bot.SaysAsync("where is order MERGE-3001", known)).Order);

        await bot.ConsumeAsync<CustomersMergedConsumer, CustomersMerged>(new CustomersMerged(anonymous, known, RunningChatbot.Day));
        Assert.Equal("MERGE-3001", (await bot.SaysAsync("where is order MERGE-3001", known)).Order?.OrderId);

        await bot.ConsumeAsync<CustomersUnmergedConsumer, CustomersUnmerged>(
            new CustomersUnmerged(anonymous, known, RunningChatbot.Day.AddDays(1))
        );
        Assert.Null((await bot.SaysAsync("where is order MERGE-3001", known)).Order);
        Assert.Equal("MERGE-3001", (await bot.SaysAsync("where is order MERGE-3001", anonymous)).Order?.OrderId);
    }

    [Fact]
    public async Task The_conversation_is_kept_with_what_was_understood_and_by_which_model()
    {
        var first = await bot.SaysAsync("good morning");
        await bot.SaysAsync("who won the football match yesterday", conversation: first.ConversationId);

        var conversation = await bot.GetAsync<ConversationView>($"/conversations/{first.ConversationId}");

        Assert.Equal(["visitor", "bot", "visitor", "bot"], conversation.Messages.Select(m => m.Who));
        Assert.Equal(["good morning", first.Reply], conversation.Messages.Take(2).Select(m => m.Text));
        Assert.Equal(("greeting", "fallback"), (conversation.Messages[1].Intent, conversation.Messages[3].Intent));
        Assert.All(conversation.Messages, m => Assert.Equal(first.ModelVersion, m.ModelVersion));
    }

    [Fact]
    public async Task Two_messages_at_once_are_both_answered_and_kept()
    {
        var conversation = (await bot.SaysAsync("hello")).ConversationId;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bot.SaysAsync("thank you", conversation: conversation)));

        var kept = (await bot.GetAsync<ConversationView>($"/conversations/{conversation}")).Messages;
        Assert.Equal(Enumerable.Range(0, 9).SelectMany(_ => new[] { "visitor", "bot" }), kept.Select(m => m.Who));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \n ")]
    [InlineData(null)]
    [InlineData("nul \0 here")]
    public async Task A_message_without_text_is_refused(string? text)
    {
        using var response = await bot.PostAsync(new { text });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("\"text\"", await response.Content.ReadAsStringAsync(RunningChatbot.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Four_thousand_characters_are_taken_and_one_more_is_not()
    {
        Assert.Equal("fallback", (await bot.SaysAsync(new string('z', PostMessage.MaxText))).Intent);
        using var more = await bot.PostAsync(new { text = new string('z', PostMessage.MaxText + 1) });
        Assert.Equal(HttpStatusCode.BadRequest, more.StatusCode);
    }

    [Fact]
    public async Task A_hundred_kilobytes_are_refused_with_a_reason_and_a_megabyte_unread()
    {
        using var large = await bot.PostAsync(new { text = new string('a', 100 * 1024) });
        Assert.Equal((HttpStatusCode.BadRequest, "/problems/validation"), (large.StatusCode, await TypeOf(large)));

        using var huge = await bot.PostAsync(new { text = new string('a', 1024 * 1024) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, huge.StatusCode);
    }

    [Theory]
    [InlineData("🎉🎉🎉")]
    [InlineData("\u200b\u200d\u200b")]
    [InlineData("<script>alert(1)</script>")]
    public async Task Odd_text_falls_back_and_is_kept_as_it_came(string text)
    {
        var answer = await bot.SaysAsync(text);

        Assert.Equal("fallback", answer.Intent);
        Assert.Equal(text, (await bot.GetAsync<ConversationView>($"/conversations/{answer.ConversationId}")).Messages[0].Text);
    }

    [Theory]
    [InlineData("‏شكرا جزيلا‎ hmm")]
    [InlineData("'; drop table messages; --")]
    public async Task Whatever_is_written_is_kept_as_it_came_and_answered(string text)
    {
        var answer = await bot.SaysAsync(text);

        Assert.False(string.IsNullOrEmpty(answer.Reply));
        Assert.Equal(text, (await bot.GetAsync<ConversationView>($"/conversations/{answer.ConversationId}")).Messages[0].Text);
    }

    [Theory]
    [InlineData("""{"text":"hi","customerId":"me"}""", "customerId")]
    [InlineData("""{"text":"hi","conversationId":"1"}""", "conversationId")]
    [InlineData("""{"text":5}""", "text")]
    [InlineData("""{"text":"half \ud83d pair"}""", "JSON")]
    [InlineData("not json", "JSON")]
    public async Task Bad_requests_are_explained(string body, string names)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await bot.Client(Scope.Write)
            .PostAsync(new Uri(Routes.Chat + "/messages", UriKind.Relative), content, RunningChatbot.Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(names, await response.Content.ReadAsStringAsync(RunningChatbot.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visitor_is_answered_in_the_language_of_the_last_whole_sentence()
    {
        var first = await bot.SaysAsync("Wo bleibt denn meine Bestellung?");
        Assert.Contains("Bitte melden Sie sich zuerst an", first.Reply, StringComparison.Ordinal);

        // One word is no reason to change.
        var second = await bot.SaysAsync("stop", conversation: first.ConversationId);
        Assert.Equal("Gut, dann lasse ich es dabei.", second.Reply);
        var third = await bot.SaysAsync("where is my order please", conversation: first.ConversationId);
        Assert.Contains("Please sign in first", third.Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_key_reads_and_may_not_speak_for_a_customer_a_collect_key_may_neither()
    {
        using var read = await bot.PostAsync(new { text = "hi" }, Scope.Read);
        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);

        var conversation = (await bot.SaysAsync("hi")).ConversationId;
        using var collect = await bot.Client(Scope.Collect)
            .GetAsync(new Uri($"{Routes.Chat}/conversations/{conversation}", UriKind.Relative), RunningChatbot.Ct);
        Assert.Equal(HttpStatusCode.Forbidden, collect.StatusCode);
    }

    private static async Task<string?> TypeOf(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<ProblemDetails>(RunningChatbot.Ct))!.Type;
}
