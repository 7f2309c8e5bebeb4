using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Recommendation.Behaviour;
using Xunit;

namespace MarketingPlatform.Recommendation.Tests.Behaviour;

public sealed class PersonalDataTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact]
    public async Task Every_column_that_can_hold_a_customer_is_on_the_list()
    {
        var columns = await service.Database.QueryAsync<string>(
            """
            select c.table_name || '.' || c.column_name
            from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'uuid'
            """,
            null,
            RunningService.Ct
        );

        Assert.NotEmpty(columns);
        Assert.Equal(columns.Order(), PersonalData.Places.Select(p => $"{p.Table}.{p.Column}").Order());
    }

    [Fact]
    public async Task Erasure_leaves_no_row_of_any_id_of_the_person_and_late_events_do_not_bring_one_back()
    {
        var (anonymous, known, other) = (Orders.NewCustomer(), Orders.NewCustomer(), Orders.NewCustomer());
        await DoEverythingAsync(anonymous);
        await DoEverythingAsync(known);
        await DoEverythingAsync(other);
        await service.ConsumeAsync<CustomersMergedConsumer, CustomersMerged>(new CustomersMerged(anonymous, known, Orders.Day));
        Assert.Equal(10, await CountAsync(anonymous) + await CountAsync(known));

        await service.ConsumeAsync<CustomerErasedConsumer, CustomerErased>(new CustomerErased(known, Orders.Day));
        Assert.Equal(0, await CountAsync(anonymous) + await CountAsync(known));

        await DoEverythingAsync(known);
        await DoEverythingAsync(anonymous);
        await service.ConsumeAsync<CustomersMergedConsumer, CustomersMerged>(new CustomersMerged(other, known, Orders.Day));
        Assert.Equal(0, await CountAsync(anonymous) + await CountAsync(known));
        Assert.Equal(4, await CountAsync(other));
    }

    private async Task DoEverythingAsync(Guid customer)
    {
        var order = Orders.Order(customer, Orders.Day, "thing", "other thing");
        await service.OrdersAsync(order);
        await service.ConsumeAsync<OrderRefundedConsumer, OrderRefunded>(
            new OrderRefunded(customer, "refund of " + order.OrderId, order.OrderId, order.Lines.Take(1).ToArray(), 10, "EUR", Orders.Day)
        );
        await service.ConsumeAsync<BehaviourBatchConsumer, BehaviourBatch>(
            new BehaviourBatch([new(Guid.CreateVersion7(Orders.Day), customer, "track", "Product Added", "thing", "web", null, Orders.Day)])
        );
        await service.ConsumeAsync<ConsentChangedConsumer, ConsentChanged>(
            new ConsentChanged(customer, ConsentPurposes.Profiling, true, "test", Orders.Day)
        );
    }

    private async Task<int> CountAsync(Guid customer)
    {
        var total = 0;
        foreach (var (table, column) in PersonalData.Places)
        {
            total += await service.Database.QuerySingleAsync<int>(
                $"select count(*)::int from {table} where {column} = @customer",
                new { customer },
                RunningService.Ct
            );
        }
        return total;
    }
}
