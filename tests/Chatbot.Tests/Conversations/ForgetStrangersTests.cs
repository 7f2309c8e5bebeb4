using MarketingPlatform.Chatbot.Conversations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Conversations;

public sealed class ForgetStrangersTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    [Fact]
    public async Task Old_conversations_of_strangers_are_deleted_and_those_of_customers_stay()
    {
        var (stranger, fresh) = (await bot.SaysAsync("hello"), await bot.SaysAsync("hello"));
        var customer = await bot.SaysAsync("hello", RunningChatbot.NewCustomer());
        await bot.Database.ExecuteAsync(
            "update conversations set last_at = now() - interval '31 days' where id = any(@Ids)",
            new { Ids = new[] { stranger.ConversationId, customer.ConversationId } },
            RunningChatbot.Ct
        );

        var forget = bot.Services.GetServices<IHostedService>().OfType<ForgetStrangers>().Single();
        Assert.Equal(1, await forget.ForgetAsync(RunningChatbot.Ct));

        Assert.Equal(
            2,
            await bot.Database.QuerySingleAsync<int>(
                "select count(*)::int from conversations where id = any(@Ids)",
                new { Ids = new[] { fresh.ConversationId, customer.ConversationId } },
                RunningChatbot.Ct
            )
        );
    }
}
