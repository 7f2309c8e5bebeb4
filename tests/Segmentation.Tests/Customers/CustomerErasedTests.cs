using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.Segmentation.Tests.Customers;

public sealed class CustomerErasedTests(Shop shop) : IClassFixture<Shop>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Erasure_leaves_no_row_with_the_id_and_late_events_bring_none_back()
    {
        var (ann, phone, bob) = (Shop.NewCustomer(), Shop.NewCustomer(), Shop.NewCustomer());
        object[] facts = [.. FactsOf(ann), .. FactsOf(phone), .. FactsOf(bob), new CustomersMerged(phone, ann, Shop.Start)];
        await shop.Hears(facts);
        await shop.Evaluates();
        Assert.NotEmpty(await ColumnsThatName(ann));
        Assert.NotEmpty(await ColumnsThatName(phone));
        var ofBob = await ColumnsThatName(bob);

        await shop.Hears(new CustomerErased(ann, Shop.Start));
        await shop.Evaluates();
        Assert.Empty(await ColumnsThatName(ann));
        Assert.Empty(await ColumnsThatName(phone)); // the same person
        Assert.Equal(ofBob, await ColumnsThatName(bob));

        await shop.Hears(facts);
        await shop.Evaluates();
        Assert.Empty(await ColumnsThatName(ann));
        Assert.Empty(await ColumnsThatName(phone));
    }

    private object[] FactsOf(Guid customer) =>
        [
            shop.Profile(customer, 3),
            new ConsentChanged(customer, ConsentPurposes.Profiling, true, "form", Shop.Start),
            shop.Order(customer, 2),
            shop.Refund(customer, 1),
            new BehaviourBatch([new BehaviourEvent(Guid.CreateVersion7(), customer, "page", "Home", null, null, null, Shop.Start)]),
            new CustomersUnmerged(customer, Shop.NewCustomer(), Shop.Start.AddDays(-1)),
        ];

    /// <summary>Searches every column of every table as text.</summary>
    private async Task<string[]> ColumnsThatName(Guid customer)
    {
        var tables = await shop.Db.QueryAsync<string>(
            "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
            null,
            Ct
        );
        var found = new List<string>();
        foreach (var table in tables)
        {
            var rows = await shop.Db.QuerySingleAsync<long>(
                $"select count(*) from {table} t where t::text like '%' || @customer::text || '%'",
                new { customer },
                Ct
            );
            if (rows > 0)
                found.Add($"{table} {rows}");
        }
        return [.. found];
    }
}
