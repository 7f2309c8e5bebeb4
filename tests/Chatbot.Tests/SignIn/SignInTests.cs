using System.Net;
using MarketingPlatform.Chatbot.SignIn;
using MarketingPlatform.Chatbot.Tests.Widget;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.SignIn;

public sealed class SignInTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    private static CancellationToken Ct => RunningChatbot.Ct;

    [Fact]
    public async Task A_code_by_mail_proves_who_asks_and_the_order_is_told()
    {
        var customer = await OwnerAsync("CODE-1001", "ada.code@shop.example");
        var visit = await Visit.OpenAsync(bot);

        Assert.Contains("sign in", (await visit.SaysAsync("where is my order CODE-1001")).Text, StringComparison.Ordinal);
        Assert.Contains("on its way", (await visit.SaysAsync("ada.code@shop.example")).Text, StringComparison.Ordinal);
        var code = await bot.Platform.CodeForAsync("ada.code@shop.example");
        var mail = bot.Platform.Mails.Last(m => (string?)m["to"] == "ada.code@shop.example")["content"]!;
        Assert.Equal($"{code} is your code for Tea House", (string?)mail["subject"]);
        Assert.Contains("within 10 minutes", (string?)mail["text"], StringComparison.Ordinal);
        Assert.Contains("You placed order CODE-1001", (await visit.SaysAsync(code)).Text, StringComparison.Ordinal);

        // From here on the visitor is known.
        Assert.Contains("CODE-1001", (await visit.SaysAsync("where is my last order")).Text, StringComparison.Ordinal);
        Assert.Equal(
            customer,
            await bot.Database.QuerySingleAsync<Guid>("select customer_id from conversations where id = @Id", new { visit.Id }, Ct)
        );
    }

    [Fact]
    public async Task An_unknown_address_is_answered_in_the_same_words_and_gets_no_mail()
    {
        await OwnerAsync("CODE-2001", "known@shop.example");
        var (known, unknown) = (await Visit.OpenAsync(bot), await Visit.OpenAsync(bot));
        await known.SaysAsync("where is my order CODE-2001");
        await unknown.SaysAsync("where is my order CODE-2001");

        var first = (await known.SaysAsync("known@shop.example")).Text;
        var second = (await unknown.SaysAsync("nobody@shop.example")).Text;

        Assert.Equal(first.Replace("known@", "nobody@", StringComparison.Ordinal), second);
        await bot.Platform.CodeForAsync("known@shop.example");
        Assert.DoesNotContain(bot.Platform.Mails, mail => (string?)mail["to"] == "nobody@shop.example");
        Assert.Contains("not the code", (await unknown.SaysAsync("123456")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_joins_an_address_of_his_own_to_a_customer_gets_no_code_for_it()
    {
        // As an identify call with the key of a web page does.
        bot.Platform.Knows(await OwnerAsync("CODE-2101", "ann.two@shop.example"), "mallory@evil.example");
        await OwnerAsync("CODE-2102", "after@shop.example");
        var (stranger, next) = (await Visit.OpenAsync(bot), await Visit.OpenAsync(bot));
        await stranger.SaysAsync("where is my order CODE-2101");
        await next.SaysAsync("where is my order CODE-2102");

        Assert.Contains("on its way", (await stranger.SaysAsync("mallory@evil.example")).Text, StringComparison.Ordinal);
        await next.SaysAsync("after@shop.example");

        // What was asked for later has arrived.
        await bot.Platform.CodeForAsync("after@shop.example");
        Assert.DoesNotContain(bot.Platform.Mails, mail => (string?)mail["to"] == "mallory@evil.example");
    }

    [Fact]
    public async Task Five_wrong_codes_use_a_code_up_and_three_codes_are_all_that_an_address_gets()
    {
        const string Address = "guessed@shop.example";
        await OwnerAsync("CODE-3001", Address);
        var visit = await Visit.OpenAsync(bot);
        await visit.SaysAsync("where is my order CODE-3001");
        await visit.SaysAsync(Address);
        var code = await bot.Platform.CodeForAsync(Address);
        var wrong = code == "111111" ? "222222" : "111111";
        for (var guess = 0; guess < 5; guess++)
            Assert.Contains("not the code", (await visit.SaysAsync(wrong)).Text, StringComparison.Ordinal);
        Assert.Contains("not the code", (await visit.SaysAsync(code)).Text, StringComparison.Ordinal);

        await visit.SaysAsync("again");
        Assert.Contains("on its way", (await visit.SaysAsync("again")).Text, StringComparison.Ordinal);
        Assert.Contains("may not send more codes", (await visit.SaysAsync("again")).Text, StringComparison.Ordinal);
        // Another conversation cannot flood the same address.
        var other = await Visit.OpenAsync(bot);
        await other.SaysAsync("where is my order CODE-3001");
        Assert.Contains("may not send more codes", (await other.SaysAsync(Address)).Text, StringComparison.Ordinal);
        // The last code still works, once.
        Assert.Contains(
            "CODE-3001",
            (await visit.SaysAsync(await bot.Platform.CodeForAsync(Address, mail: 3))).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Codes_and_addresses_are_kept_as_hashes_and_an_old_code_is_worth_nothing()
    {
        const string Address = "late@shop.example";
        await OwnerAsync("CODE-4001", Address);
        var visit = await Visit.OpenAsync(bot);
        await visit.SaysAsync("where is my order CODE-4001");
        await visit.SaysAsync(Address);
        var code = await bot.Platform.CodeForAsync(Address);
        var row = await bot.Database.QuerySingleAsync<string>(
            "select row_to_json(c)::text from sign_in_codes c where conversation_id = @Id",
            new { visit.Id },
            Ct
        );
        Assert.DoesNotContain(code, row.Replace(visit.Id.ToString(), "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("late", row, StringComparison.Ordinal);

        await bot.Database.ExecuteAsync("update sign_in_codes set expires_at = sent_at where conversation_id = @Id", new { visit.Id }, Ct);
        Assert.Contains("too old", (await visit.SaysAsync(code)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_of_somebody_else_does_not_open_a_conversation_that_belongs_to_a_person()
    {
        var owner = await OwnerAsync("CODE-5001", "owner@shop.example");
        await OwnerAsync("CODE-5002", "second@shop.example");
        var visit = await Visit.OpenAsync(bot, await TokenAsync(owner.ToString(), "customer_id"));
        Assert.Contains("CODE-5001", (await visit.SaysAsync("where is my last order")).Text, StringComparison.Ordinal);

        await bot.Database.ExecuteAsync("update conversations set known_until = started_at where id = @Id", new { visit.Id }, Ct);
        await visit.SaysAsync("where is my last order");
        await visit.SaysAsync("second@shop.example");
        var reply = (await visit.SaysAsync(await bot.Platform.CodeForAsync("second@shop.example"))).Text;

        Assert.Contains("not the code", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shops_server_vouches_by_a_signed_token_of_its_own_user_id()
    {
        var customer = await OwnerAsync("TOKEN-1001", "u-77");
        var visit = await Visit.OpenAsync(bot, await TokenAsync("u-77"));

        Assert.Contains("TOKEN-1001", (await visit.SaysAsync("where is my last order")).Text, StringComparison.Ordinal);
        Assert.NotEqual(Guid.Empty, customer);
    }

    [Theory]
    [InlineData("other key")]
    [InlineData("expired")]
    [InlineData("for ever")]
    [InlineData("unsigned")]
    [InlineData("nobody")]
    [InlineData("rubbish")]
    public async Task A_token_that_is_not_the_shops_is_refused(string fault)
    {
        await OwnerAsync("TOKEN-2001", "u-78");
        var token = fault switch
        {
            "other key" => Token(new byte[32], "u-78", TimeSpan.FromMinutes(5)),
            "expired" => await TokenAsync("u-78", lifetime: TimeSpan.FromMinutes(-5)),
            "for ever" => await TokenAsync("u-78", lifetime: TimeSpan.FromDays(30)),
            "unsigned" => new JsonWebTokenHandler().CreateToken("""{"sub":"u-78","exp":4102444800}"""),
            "nobody" => await TokenAsync("u-78", "name"),
            _ => "rubbish",
        };
        var visit = await Visit.OpenAsync(bot);

        using var answer = await visit.PostAsync("visits", new { consent = true, visitorToken = token });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("visitorToken", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private async Task<Guid> OwnerAsync(string order, string emailOrUserId)
    {
        var customer = RunningChatbot.NewCustomer();
        bot.Platform.Knows(customer, emailOrUserId);
        await bot.OrdersAsync(RunningChatbot.Order(customer, order, RunningChatbot.Day, "cup"));
        return customer;
    }

    private async Task<string> TokenAsync(string value, string claim = "sub", TimeSpan? lifetime = null) =>
        Token(
            await bot.Services.GetRequiredService<SigningKeys>().GetAsync(SigningKeys.Visitors, Ct),
            value,
            lifetime ?? TimeSpan.FromMinutes(5),
            claim
        );

    private static string Token(byte[] secret, string value, TimeSpan lifetime, string claim = "sub")
    {
        var until = TimeProvider.System.GetUtcNow() + lifetime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            $$"""{"{{claim}}":"{{value}}","exp":{{until.ToUnixTimeSeconds()}}}""",
            new SigningCredentials(new SymmetricSecurityKey(secret), SecurityAlgorithms.HmacSha256)
        );
    }
}
