using MarketingPlatform.Architecture.Tests.Rules;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.TestInfrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MarketingPlatform.Architecture.Tests;

public class PersonalDataTests
{
    /// <summary>Tables that may keep an id ("service.table"), each with the reason.</summary>
    private static readonly Dictionary<string, string> Kept = [];

    [Theory]
    [MemberData(nameof(House.ServiceFolders), MemberType = typeof(House))]
    public async Task Every_table_with_data_of_a_person_is_in_the_list_that_erasure_works_from(string folder)
    {
        var service = House.Service(folder);
        var types = House.Load(service.Project).GetTypes();
        var listed = PersonalData.ListedBy(types);
        var (tables, references) = await SchemaOfAsync(service);

        Assert.NotEmpty(tables);
        Assert.Empty(PersonalData.Unlisted(tables.Where(entry => !Kept.ContainsKey($"{service.Name}.{entry.Table}")), listed));
        Assert.Empty(PersonalData.Gone(tables, listed));
        Assert.Empty(PersonalData.Unmapped(listed, references, PersonalData.MappedBy(types)));
    }

    [Theory]
    [MemberData(nameof(House.ServiceFolders), MemberType = typeof(House))]
    public void A_service_that_keeps_something_about_people_answers_when_one_asks_to_be_forgotten_or_what_is_kept(string folder)
    {
        var service = House.Service(folder);
        if (PersonalData.ListedBy(House.Load(service.Project).GetTypes()).Count == 0)
            return;
        // Customers is the one who asks.
        var listeners = new[] { "customers" };
        Assert.Contains(service.Name, Subscriptions.ByEvent[typeof(CustomerErased)].Concat(listeners));
        Assert.Contains(service.Name, Subscriptions.ByEvent[typeof(CustomerExportRequested)].Concat(listeners));
    }

    [Fact]
    public void A_table_on_the_list_or_hanging_on_one_that_the_map_forgets_is_reported() =>
        Assert.Equal(
            ["gift_cards is not on the map", "wish_lines is not on the map"],
            PersonalData
                .Unmapped(
                    ["wishes", "gift_cards"],
                    [("wish_lines", "wishes"), ("wish_notes", "wish_lines"), ("prices", "products")],
                    ["wishes", "wish_notes"]
                )
                .Order()
        );

    [Fact]
    public void A_table_that_erasure_would_forget_is_reported() =>
        Assert.Equal(
            ["gift_cards holds data of a person and is not in the list of personal tables"],
            PersonalData.Unlisted(
                [("products", "id"), ("wishes", "customer_id"), ("gift_cards", "code"), ("gift_cards", "email")],
                PersonalData.ListedBy([typeof(PlantedDatabase)])
            )
        );

    [Fact]
    public void A_list_that_names_a_table_which_is_gone_is_reported() =>
        Assert.Equal(
            ["wishes is in the list and no table"],
            PersonalData.Gone([("products", "id")], PersonalData.ListedBy([typeof(PlantedDatabase)]))
        );

    /// <summary>Ordinary tables as the service's own migrations make them on a real PostgreSQL.</summary>
    private static async Task<(
        IReadOnlyList<(string Table, string Column)> Tables,
        IReadOnlyList<(string Child, string Parent)> References
    )> SchemaOfAsync(ServiceSource service)
    {
        var ct = TestContext.Current.CancellationToken;
        var databases = await Task.WhenAll(service.Connections.Select(_ => TestPostgres.CreateDatabaseAsync(service.Name)));
        await using var app = ServiceHost.Build(
            [],
            [House.Module(service)],
            builder =>
            {
                builder.Configuration["Messaging:Transport"] = "memory";
                foreach (var (name, connectionString) in service.Connections.Zip(databases))
                    builder.Configuration["ConnectionStrings:" + name] = connectionString;
                builder.Logging.SetMinimumLevel(LogLevel.Error);
                builder.WebHost.UseUrls("http://127.0.0.1:0");
            }
        );
        await app.StartAsync(ct);
        try
        {
            var database = app.Services.GetRequiredKeyedService<ServiceDatabase>(service.Name);
            await database.WhenReadyAsync(ct);
            var columns = await database.QueryAsync<TableColumn>(ColumnsSql, null, ct);
            var references = await database.QueryAsync<(string Child, string Parent)>(ReferencesSql, null, ct);
            return ([.. columns.Select(row => (row.TableName, row.ColumnName))], references);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
            MassTransit.LogContext.Current = null;
        }
    }

    /// <summary>Partitions have their parent's columns and its fate.</summary>
    private const string ColumnsSql = """
        select c.relname::text as table_name, a.attname::text as column_name
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'p') and not c.relispartition
        """;

    private const string ReferencesSql = """
        select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
        where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid
        """;

    private sealed record TableColumn(string TableName, string ColumnName);

    private static class PlantedDatabase
    {
        public static readonly IReadOnlyDictionary<string, string> PersonalTables = new Dictionary<string, string>
        {
            ["wishes"] = "customer_id",
        };
    }
}
