using System.Net;
using System.Text;
using CsCheck;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

/// <summary>Bodies that nobody meant well: whatever comes, the answer is never 500, and what is well-formed is stored or named.</summary>
public sealed class HostileBodiesTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly Gen<string> Text = Gen.OneOf(
            "\\u0000",
            "\\ud800",
            "\\udc00",
            "\\uD83D\\uDE00",
            "\\uFFFF",
            "\\\\u0000",
            "😀",
            "\u202E",
            "é",
            "'; drop table events; --",
            " ",
            "{{id}}",
            "\\n",
            "\\u0001"
        )
        .Array[0, 4]
        .Select(pieces => "\"" + string.Concat(pieces) + "\"");

    private static readonly Gen<string> Number = Gen.Frequency(
        (
            9,
            Gen.OneOf(
                "0",
                "-1",
                "1.5",
                "1e5",
                "1e400",
                "-0.0",
                "-1E-400",
                "99999999999999999999999999999999999999999",
                "79228162514264337593543950335"
            )
        ),
        (1, Gen.OneOf("1e401", "1e999999", "1E-999999", "1e131072", "0." + new string('0', 17_000) + "1"))
    );

    private static readonly Gen<string> Time = Gen.OneOf(
        "\"0001-01-01T00:00:00Z\"",
        "\"0001-01-01T00:00:00+14:00\"",
        "\"9999-12-31T23:59:59.9999999Z\"",
        "\"9999-12-31T23:59:59-14:00\"",
        "\"2026-02-30T00:00:00Z\"",
        "\"1969-12-31T23:59:59Z\"",
        "\"-271821-04-20T00:00:00Z\"",
        "\"2026-03-01\"",
        "\"infinity\"",
        "1700000000000"
    );

    private static readonly Gen<string> Deep = Gen.Frequency((30, Gen.Int[1, 10]), (6, Gen.Int[11, 40]), (1, Gen.Int[41, 70]))
        .Select(depth => new string('[', depth) + new string(']', depth));

    private static readonly Gen<string> Plain = Gen.OneOf(
        Text,
        Number,
        Time,
        Deep,
        Gen.OneOf("null", "true", "false", "{}", "[]", "\"a\"", "\"EUR\"")
    );

    private static readonly Gen<string> Key = Gen.OneOf(
        "a",
        "email",
        "name",
        "birthday",
        "age",
        "address",
        "product_id",
        "sku",
        "quantity",
        "price",
        "products",
        "order_id",
        "cart_id",
        "checkout_id",
        "total",
        "currency",
        "url",
        "image_url",
        "channel",
        "consent",
        "categoryPreferences",
        "email_marketing",
        "profiling",
        "\\u0000",
        "\\ud800",
        ""
    );

    private static readonly Gen<string> Object = Gen.Recursive<string>(
        (depth, inner) =>
            Gen.Select(
                    Key,
                    depth > 3
                        ? Plain
                        : Gen.OneOf(Plain, Plain, inner, inner.Array[0, 3].Select(items => "[" + string.Join(',', items) + "]"))
                )
                .Select((key, value) => $"\"{key}\":{value}")
                .Array[0, 5]
                .Select(members => "{" + string.Join(',', members) + "}")
    );

    private static readonly Gen<string> Type = Gen.OneOf("identify", "track", "track", "page", "screen", "group", "alias")
        .Select(type => $"\"{type}\"");

    private static readonly Gen<string> Event = Gen.OneOf(
            "Product Added",
            "Product Removed",
            "Cart Viewed",
            "Order Completed",
            "Order Refunded",
            "Product Viewed"
        )
        .Select(name => $"\"{name}\"");

    private static readonly Gen<string> Id = Gen.OneOf(Gen.OneOf("\"hostile-1\"", "\"hostile-2\"", "\"hostile-3\"", "17"), Plain);

    private static readonly Gen<string> Member = Gen.OneOf(
        Id.Select(value => "\"userId\":" + value),
        Id.Select(value => "\"anonymousId\":" + value),
        Id.Select(value => "\"previousId\":" + value),
        Gen.OneOf(Type, Type, Plain).Select(value => "\"type\":" + value),
        Gen.OneOf(Event, Event, Plain).Select(value => "\"event\":" + value),
        Gen.OneOf(Object, Object, Plain).Select(value => "\"properties\":" + value),
        Gen.OneOf(Object, Object, Plain).Select(value => "\"traits\":" + value),
        Gen.OneOf(Object, Object, Plain).Select(value => "\"context\":" + value),
        Time.Select(value => "\"timestamp\":" + value),
        Time.Select(value => "\"sentAt\":" + value),
        Plain.Select(value => "\"messageId\":" + value),
        Plain.Select(value => "\"name\":" + value)
    );

    private static readonly Gen<string> Call = Gen.Select(Type, Event, Id, Object, Member.Array[0, 6])
        .Select(
            (type, name, id, data, more) =>
                $"{{\"type\":{type},\"event\":{name},\"userId\":{id},\"properties\":{data},\"traits\":{data}{string.Concat(more.Select(member => "," + member))}}}"
        );

    private static readonly Gen<string> Batch = Gen.Select(Call.Array[0, 6], Member.Array[0, 2])
        .Select((calls, more) => $"{{\"batch\":[{string.Join(',', calls)}]{string.Concat(more.Select(member => "," + member))}}}");

    [Fact]
    public async Task Whatever_a_body_holds_the_answer_is_not_500()
    {
        var answered = 0;
        await Batch.SampleAsync(
            async body =>
            {
                using var response = await shop.Http.PostAsync("/v1/batch", new StringContent(body, Encoding.UTF8, "application/json"), Ct);
                Assert.True(
                    response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest,
                    $"{response.StatusCode} {shop.Warnings}"
                );
                if (response.StatusCode == HttpStatusCode.OK)
                    Interlocked.Increment(ref answered);
            },
            iter: 400,
            threads: 2
        );
        var stored = await shop.Db.QuerySingleAsync<int>(
            "select count(*)::int from events e where customer_id in (select customer_id from identifiers where value like 'hostile-%')",
            null,
            Ct
        );
        Assert.True(
            answered > 100 && stored > 100,
            $"{answered} bodies were well-formed, {stored} events stored: the generator asks too little."
        );
    }

    [Theory]
    [InlineData("""{"type":"track","userId":"\u0000h1","event":"x\u0000","properties":{"\u0000":"\u0000"},"messageId":"\u0000"}""")]
    [InlineData("""{"type":"track","userId":"h1","event":"x","properties":{"x":1e131071}}""")]
    [InlineData(
        """{"type":"track","userId":"h1","event":"Order Completed","properties":{"order_id":"\u0000o","total":1e28,"products":[{"product_id":"a","price":999999999999,"quantity":999999999999}]}}"""
    )]
    [InlineData("""{"type":"track","userId":"h1","event":"x","timestamp":"0001-01-01T00:00:00Z"}""")]
    [InlineData("""{"type":"identify","userId":"h1","traits":{"name":"\ud83d","email":"\u0000@x.example","birthday":"0001-01-01"}}""")]
    public async Task What_the_database_would_refuse_is_mended_or_rejected(string call)
    {
        using var response = await shop.Http.PostAsync("/v1/batch", new StringContent($"{{\"batch\":[{call}]}}"), Ct);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode} {shop.Warnings}");
    }

    [Fact]
    public async Task A_rejected_call_is_kept_wherever_its_body_is_cut()
    {
        foreach (var shift in new[] { "", "x" })
        {
            var type = shift + string.Concat(Enumerable.Repeat("😀", 3000));
            using var response = await shop.Http.PostAsync("/v1/batch", new StringContent($$"""{"batch":[{"type":"{{type}}"}]}"""), Ct);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode} {shop.Warnings}");
        }
    }

    [Theory]
    [InlineData("/api/v1/rejections?cursor=%00")]
    [InlineData("/api/v1/rejections?cursor=WyJhIl0")]
    [InlineData("/api/v1/customers?cursor=nonsense")]
    [InlineData("/api/v1/privacy/requests?cursor=nonsense")]
    public async Task A_cursor_that_no_page_gave_is_refused_and_is_not_the_first_page(string path)
    {
        using var response = await shop.Http.GetAsync(new Uri(path, UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Pass the nextCursor", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/customers?userId=%00")]
    [InlineData("/api/v1/customers?email=a%00@x.example")]
    [InlineData("/api/v1/customers?anonymousId=%F0%9F")]
    [InlineData("/api/v1/rejections?reason=%00")]
    public async Task A_question_with_letters_that_cannot_be_stored_finds_nothing(string path)
    {
        using var response = await shop.Http.GetAsync(path, Ct);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode} {shop.Warnings}");
    }
}
