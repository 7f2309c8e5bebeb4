using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Imports;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Imports;

public sealed class ImportRunnerTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Orders_are_read_with_guests_refunds_and_bad_lines_and_known_on_repetition()
    {
        var (run, ann) = (Shop.NewId("r"), Shop.NewId("ann"));
        var file = $"""
            InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
            {run}-1,tea,Tea,2,2026-02-01 10:00,3.50,{ann},Germany
            {run}-2,cup,Cup,1,2026-02-01 11:00,8,,France
            {run}-1,pot,Pot,1,2026-02-01 10:00,20,{ann},Germany
            C{run}-3,tea,Tea,-1,2026-02-02 10:00,3.50,{ann},Germany
            {run}-4,fee,Fee,1,2026-02-02 10:00,-11062.06,{ann},Germany
            {run}-5,tea,Tea,0,2026-02-02 10:00,1,{ann},Germany
            """;

        var report = await Import("orders&currency=gbp", file);

        Assert.Equal("done", (string)report["status"]!);
        Same("""{"read":6,"accepted":4,"rejected":2}""", report["lines"]);
        Same("""{"read":3,"accepted":2,"known":0,"refunds":1}""", report["orders"]);
        Same("""{"identified":1,"anonymous":1}""", report["customers"]);
        Same("""{"negative-price":1,"zero-quantity":1}""", report["rejectedByReason"]);
        var customer = await shop.CustomerOf(ann);
        var order = Assert.Single(await shop.Published<OrderPlaced>($"{run}-1"));
        Assert.Equal((customer, 27m, "GBP", 2), (order.CustomerId, order.Total, order.Currency, order.Lines.Count));
        Assert.Equal(new DateTimeOffset(2026, 2, 1, 9, 0, 0, TimeSpan.Zero), order.At);
        var refund = Assert.Single(await shop.Published<OrderRefunded>($"C{run}-3"));
        Assert.Equal((customer, 3.5m), (refund.CustomerId, refund.Amount));
        Assert.NotEqual(customer, Assert.Single(await shop.Published<OrderPlaced>($"{run}-2")).CustomerId);

        var again = await Import("orders&currency=gbp", file);
        Same("""{"read":3,"accepted":0,"known":2,"refunds":0}""", again["orders"]);
        Assert.Single(await shop.Published<OrderPlaced>($"{run}-1"));
        Assert.Single(await shop.Published<OrderRefunded>($"C{run}-3"));
    }

    [Fact]
    public async Task Customers_are_read_with_their_consents()
    {
        var (ann, bob, eve) = (Shop.NewId("ann"), Shop.NewId("bob"), Shop.NewId("eve"));
        var report = await Import(
            "customers",
            $"""
            Customer ID;E-Mail;First Name;Accepts Marketing;Consented At;Country
            {ann};{ann}@x.example;Ann;yes;2026-01-05;DE
            {bob};{bob}@x.example;Bob;no;;FR
            ;{eve}@x.example;Eve;;;
            ;;Nobody;;;
            x;;X;perhaps;;
            """
        );

        Same("""{"read":5,"accepted":3,"rejected":2}""", report["lines"]);
        Same("""{"bad-consent":1,"no-customer-id":1}""", report["rejectedByReason"]);
        var consent = Assert.Single(await shop.Published<ConsentChanged>(await shop.CustomerOf(ann)));
        Assert.Equal((true, new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero)), (consent.Granted, consent.At));
        Assert.False(Assert.Single(await shop.Published<ConsentChanged>(await shop.CustomerOf(bob))).Granted);
        var profile = Assert.Single(await shop.Published<CustomerProfileChanged>(await shop.CustomerOf($"{eve}@x.example")));
        Assert.Equal(($"{eve}@x.example", "Eve"), (profile.Email, profile.FirstName));
    }

    [Fact]
    public async Task Products_go_to_Recommendation()
    {
        var run = Shop.NewId("p");
        var report = await Import(
            "products&currency=usd",
            $"Handle,Title,Type,Variant Price,Availability\n{run}-1,Tea,Drinks,3.5,\n{run}-2,Cup,,-1,\n{run}-3,Pot,,,out of stock\n{run}-4,,,1,\n{run}-5,Jar,,dear,"
        );

        Same("""{"read":5,"accepted":2,"rejected":3}""", report["lines"]);
        Same("""{"bad-price":1,"negative-price":1,"no-name":1}""", report["rejectedByReason"]);
        var tea = shop.Recommendation.Products[$"{run}-1"];
        Assert.Equal(("Tea", "Drinks", 3.5m, "USD", true), (tea.Name, tea.Category, tea.Price, tea.Currency, tea.InStock));
        Assert.False(shop.Recommendation.Products[$"{run}-3"].InStock);
        Assert.All(shop.Recommendation.Tokens, token => Assert.Equal("Bearer of-a-service", token));
    }

    [Fact]
    public async Task A_file_without_a_column_that_is_needed_is_answered_with_its_name()
    {
        var (status, problem) = await Post("orders", "order,product,quantity,date\n1,a,1,2026-01-01");
        Assert.Equal((HttpStatusCode.BadRequest, "/problems/unusable-file"), (status, (string)problem["type"]!));
        Assert.Contains("no column for: price", (string)problem["detail"]!, StringComparison.Ordinal);

        var (named, _) = await Post("orders&columns=price=cost", $"order,product,quantity,date,cost\n{Shop.NewId()},a,1,2026-01-01,1");
        Assert.Equal(HttpStatusCode.OK, named);
    }

    [Theory]
    [InlineData("nothing", "kind")]
    [InlineData("orders&currency=euro", "currency")]
    [InlineData("orders&columns=order", "columns")]
    public async Task A_question_that_makes_no_sense_names_its_field(string query, string field)
    {
        var (status, problem) = await Post(query, "order");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotNull(problem["errors"]![field]);
    }

    [Fact]
    public async Task A_file_that_breaks_off_has_failed_and_its_repetition_ends_with_the_same_totals()
    {
        var run = Shop.NewId("r");
        var lines = Enumerable
            .Range(0, 1700)
            .Select(i => $"{run}-{i},tea,1,2.5,2026-02-01,{run}-c{i % 90}")
            .Prepend("order,product,quantity,price,date,customer")
            .ToArray();
        var whole = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        var runner = shop.Services.GetRequiredService<ImportRunner>();
        var request = new ImportRequest("orders", run, null, new Dictionary<string, string>());

        await Assert.ThrowsAsync<IOException>(() => runner.RunAsync(request, new BreaksOff(whole, whole.Length * 4 / 5), Ct));

        var failed = await shop.Db.QuerySingleAsync<(string Status, string Error, int Orders)>(
            "select status, error, (report -> 'orders' ->> 'accepted')::int from imports where name = @run",
            new { run },
            Ct
        );
        Assert.Equal(("failed", 500), (failed.Status, failed.Orders));
        Assert.Contains("send the file again", failed.Error, StringComparison.Ordinal);
        var again = await Import("orders", Encoding.UTF8.GetString(whole));
        Same("""{"read":1700,"accepted":1200,"known":500,"refunds":0}""", again["orders"]);
        Assert.Equal(
            (1700, 4250m, 90),
            await shop.Db.QuerySingleAsync<(int, decimal, int)>(
                "select count(*)::int, sum(total), count(distinct customer_id)::int from orders where order_id like @run || '%'",
                new { run },
                Ct
            )
        );
    }

    [Fact]
    public async Task A_quote_that_never_closes_is_a_problem_of_the_file()
    {
        var (status, problem) = await Post("orders", "order,product,quantity,price,date\n1,\"" + new string('x', 70_000));
        Assert.Equal((HttpStatusCode.BadRequest, "/problems/unusable-file"), (status, (string)problem["type"]!));
    }

    /// <remarks>The order of members is the database's.</remarks>
    private static void Same(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"{actual}");

    private async Task<JsonObject> Import(string query, string file)
    {
        var (status, report) = await Post(query, file);
        Assert.True(status == HttpStatusCode.OK, $"{report} {shop.Warnings}");
        var stored = await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/imports/{report["id"]}", Ct);
        Assert.Equal(stored!.ToJsonString(), report.ToJsonString());
        return report;
    }

    private async Task<(HttpStatusCode Status, JsonObject Body)> Post(string query, string file)
    {
        using var content = new StringContent(file, Encoding.UTF8, "text/csv");
        using var response = await shop.Http.PostAsync($"/api/v1/imports?name=a%00b&kind={query}", content, Ct);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>(Ct))!);
    }

    /// <summary>A sender that dies in the middle.</summary>
    private sealed class BreaksOff(byte[] bytes, int after) : MemoryStream(bytes[..after])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The sender is gone.");
    }
}
