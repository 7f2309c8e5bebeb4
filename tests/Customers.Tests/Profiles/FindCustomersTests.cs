using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Customers.Profiles;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Profiles;

public sealed class FindCustomersTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{0}", "the whole of a name")]
    [InlineData("ovelace{1}", "a part of the last name")]
    [InlineData("DA.{1}@SH", "a part of the address, in any case")]
    [InlineData("u_{1}", "the user id")]
    [InlineData("ad lov {1}", "beginnings of words, and a part")]
    [InlineData("ädä{1}", "letters that are not ASCII")]
    public async Task A_customer_is_found_by(string pattern, string what)
    {
        var tag = Guid.CreateVersion7().ToString("N");
        var other = Guid.CreateVersion7().ToString("N");
        foreach (var t in new[] { tag, other })
            await shop.Sends(
                Shop.Identify(
                    $"u_{t}",
                    null,
                    new
                    {
                        email = $"ada.{t}@shop.example",
                        firstName = $"Ädä{t}",
                        lastName = $"Lovelace{t}",
                    }
                )
            );

        var page = await Find(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, $"Lovelace{tag}", tag));
        Assert.True(page.Select(c => (string)c!["userId"]!).SequenceEqual([$"u_{tag}"]), what);
    }

    [Theory]
    [InlineData("nobody-is-called-so")]
    [InlineData("%%%")]
    [InlineData("___")]
    [InlineData("\\\\no")]
    [InlineData("[[[")]
    [InlineData(")")]
    public async Task Signs_that_mean_something_to_the_database_mean_nothing_here(string search) => Assert.Empty(await Find(search));

    [Fact]
    public async Task An_anonymous_visitor_is_not_found_by_search_and_found_once_known()
    {
        var name = Shop.NewId("Zoe");
        var browser = Shop.NewId("browser");
        await shop.Sends(Shop.Track("Seen", null, browser));
        Assert.Empty(await Find(name));
        await shop.Sends(Shop.Identify(null, browser, new { firstName = name }));
        Assert.Single(await Find(name));
    }

    [Fact]
    public async Task One_among_many_is_found_by_the_index()
    {
        await using var work = await shop.Db.BeginAsync(Ct);
        var people = Enumerable
            .Range(0, 20_000)
            .Select(i => SearchText.Of($"person{i}@shop.example", "First" + (i % 1000), "Last" + i, "many-" + i))
            .ToArray();
        await work.ExecuteAsync(
            """
            insert into customers (id, version, search_text, search_pieces, first_seen_at, last_seen_at)
            select gen_random_uuid(), 1, text, string_to_array(pieces, ','), now(), now() from unnest(@Texts, @Pieces) as p (text, pieces)
            """,
            new { Texts = people.Select(p => p.Text).ToArray(), Pieces = people.Select(p => string.Join(',', p.Pieces)).ToArray() },
            Ct
        );
        const string Sql = """
            select id from customers c where c.search_pieces @> @Pieces and c.search_text like all (@Anywhere) order by id limit 101
            """;
        var words = SearchWords.Read("Last17123")!;
        var plan = await work.QueryAsync<string>("explain " + Sql, words, Ct);
        Assert.Contains(plan, line => line.Contains("customers_search", StringComparison.Ordinal));
        Assert.Single(await work.QueryAsync<Guid>(Sql, words, Ct));
    }

    [Fact]
    public void Words_are_read_into_pieces_and_patterns()
    {
        var words = SearchWords.Read(" Ad  love_ ")!;
        Assert.Equal(["lov", "ove", "ve_", " ad"], words.Pieces);
        Assert.Equal([@"%love\_%"], words.Anywhere);
        var text = SearchText.Of("Ad", null, " Lo_x\n");
        Assert.Equal("ad lo_x", text.Text);
        Assert.Equal(["  a", "  l", "  x", " ad", " lo", "ad ", "d l", "lo_", "o_x"], text.Pieces.Order(StringComparer.Ordinal));
        Assert.Null(SearchWords.Read("  "));
    }

    private async Task<JsonArray> Find(string search) =>
        (await shop.Http.GetFromJsonAsync<JsonObject>("/api/v1/customers?search=" + Uri.EscapeDataString(search), Ct))!["items"]!.AsArray();
}
