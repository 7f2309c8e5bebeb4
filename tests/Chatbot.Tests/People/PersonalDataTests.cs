using System.Net;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.People;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.People;

public sealed class PersonalDataTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    [Fact]
    public async Task Every_column_that_can_hold_a_customer_is_on_the_list()
    {
        var columns = await bot.Database.QueryAsync<string>(
            """
            select c.table_name || '.' || c.column_name
            from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'uuid'
            """,
            null,
            RunningChatbot.Ct
        );

        // Ids of conversations are no person's.
        string[] others =
        [
            "conversations.id",
            "messages.conversation_id",
            "handoffs.id",
            "handoffs.conversation_id",
            "handoff_notices.id",
            "handoff_notices.handoff_id",
            "requested_handoffs.id",
            "sign_in_codes.id",
            "sign_in_codes.conversation_id",
        ];
        Assert.Equal(columns.Except(others).Order(), ChatbotDatabase.PersonalTables.Select(p => $"{p.Table}.{p.Column}").Order());
    }

    [Fact]
    public async Task Erasure_leaves_nothing_of_the_person_and_nothing_brings_the_person_back()
    {
        var (anonymous, known, other) = (RunningChatbot.NewCustomer(), RunningChatbot.NewCustomer(), RunningChatbot.NewCustomer());
        var conversation = await DoEverythingAsync(anonymous, "E-9001");
        await DoEverythingAsync(known, "E-9002");
        var others = await DoEverythingAsync(other, "E-9003");
        await bot.ConsumeAsync<CustomersMergedConsumer, CustomersMerged>(new CustomersMerged(anonymous, known, RunningChatbot.Day));
        Assert.Equal(8, await CountAsync(anonymous) + await CountAsync(known));

        await bot.ConsumeAsync<CustomerErasedConsumer, CustomerErased>(new CustomerErased(known, RunningChatbot.Day));
        Assert.Equal(0, await CountAsync(anonymous) + await CountAsync(known));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (await StatusOfAsync(conversation), await StatusOfAsync(others)));
        Assert.Equal(0, await MessagesOfAsync(conversation));

        await DoEverythingAsync(known, "E-9004");
        await DoEverythingAsync(anonymous, "E-9005");
        await bot.ConsumeAsync<CustomersMergedConsumer, CustomersMerged>(new CustomersMerged(other, known, RunningChatbot.Day));
        Assert.Equal(0, await CountAsync(anonymous) + await CountAsync(known));
        Assert.Equal(3, await CountAsync(other));
    }

    private async Task<Guid> DoEverythingAsync(Guid customer, string order)
    {
        await bot.OrdersAsync(RunningChatbot.Order(customer, order, RunningChatbot.Day, "cup"));
        await bot.ConsumeAsync<OrderRefundedConsumer, OrderRefunded>(
            new OrderRefunded(customer, "refund of " + order, order, [], 10, "EUR", RunningChatbot.Day)
        );
        return (await bot.SaysAsync("where is my order", customer)).ConversationId;
    }

    private async Task<HttpStatusCode> StatusOfAsync(Guid conversation)
    {
        using var response = await bot.Client(Scope.Read)
            .GetAsync(new Uri($"{Routes.Chat}/conversations/{conversation}", UriKind.Relative), RunningChatbot.Ct);
        return response.StatusCode;
    }

    private Task<int> MessagesOfAsync(Guid conversation) =>
        bot.Database.QuerySingleOrDefaultAsync<int>(
            "select count(*)::int from messages where conversation_id = @conversation",
            new { conversation },
            RunningChatbot.Ct
        );

    private async Task<int> CountAsync(Guid customer)
    {
        var total = 0;
        foreach (var (table, column) in ChatbotDatabase.PersonalTables)
        {
            total += await bot.Database.QuerySingleOrDefaultAsync<int>(
                $"select count(*)::int from {table} where {column} = @customer",
                new { customer },
                RunningChatbot.Ct
            );
        }
        return total;
    }
}
