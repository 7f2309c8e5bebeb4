using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts.Customers;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

public sealed class CollectApiTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bad_call_does_not_harm_its_neighbours_and_is_kept_with_its_reason()
    {
        var ann = Shop.NewId("ann");
        var answer = await shop.Sends(
            Shop.Track("First", ann),
            new JsonObject
            {
                ["type"] = "dance",
                ["userId"] = ann,
                ["messageId"] = "odd",
            },
            Shop.Track("Second", ann)
        );

        var rejected = Assert.Single(answer["rejected"]!.AsArray())!;
        Assert.Equal((1, "odd", "unknown-type"), ((int)rejected["index"]!, (string)rejected["messageId"]!, (string)rejected["reason"]!));
        var customer = await shop.CustomerOf(ann);
        Assert.Equal(
            ["First", "Second"],
            await shop.Db.QueryAsync<string>("select name from events where customer_id = @customer order by name", new { customer }, Ct)
        );
        // A commit, and so a message, is shared with whatever other requests came at the same time.
        var published = (await shop.Published<BehaviourBatch>(customer))
            .SelectMany(batch => batch.Events)
            .Where(e => e.CustomerId == customer);
        Assert.Equal(["First", "Second"], published.Select(e => e.Name));
        var listed = await shop.Http.GetFromJsonAsync<JsonObject>("/api/v1/rejections?reason=unknown-type&limit=1000", Ct);
        Assert.Contains(listed!["items"]!.AsArray(), item => ((string)item!["body"]!).Contains(ann, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rejections_are_listed_newest_first_in_pages()
    {
        await shop.Sends(new JsonObject { ["userId"] = "a" }, new JsonObject { ["userId"] = "b" });
        var first = await shop.Http.GetFromJsonAsync<JsonObject>("/api/v1/rejections?limit=1", Ct);
        var second = await shop.Http.GetFromJsonAsync<JsonObject>($"/api/v1/rejections?limit=1&cursor={first!["nextCursor"]}", Ct);

        var ids = new[] { first, second }.Select(page => (string)Assert.Single(page!["items"]!.AsArray())!["id"]!).ToArray();
        Assert.True(string.CompareOrdinal(ids[0], ids[1]) > 0);
    }

    [Fact]
    public async Task The_same_message_counts_once_however_often_it_comes()
    {
        var ann = Shop.NewId("ann");
        var call = Shop.Track("Product Viewed", ann);
        await shop.Sends(call, call.DeepClone().AsObject());
        await shop.Sends(call.DeepClone().AsObject());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.Sends(call.DeepClone().AsObject())));

        Assert.Equal(1, await shop.Count("events", await shop.CustomerOf(ann)));
    }

    [Theory]
    [InlineData("{\"batch\":[", "malformed-json")]
    [InlineData("", "malformed-json")]
    [InlineData("[1]", "validation")]
    [InlineData("{\"batch\":{}}", "validation")]
    public async Task A_body_that_is_no_batch_is_answered_with_a_problem(string body, string type)
    {
        var (status, problem) = await Post("/v1/batch", new StringContent(body));
        Assert.Equal((HttpStatusCode.BadRequest, "/problems/" + type), (status, (string)problem["type"]!));
    }

    [Fact]
    public async Task A_body_over_500_KB_is_too_large_whichever_way_it_is_sent()
    {
        var bytes = Encoding.UTF8.GetBytes("{\"batch\":[],\"padding\":\"" + new string('x', 500 * 1024) + "\"}");
        var known = new ByteArrayContent(bytes);
        var chunked = new StreamContent(new NotSeekable(bytes));

        foreach (var content in new HttpContent[] { known, chunked, Gzipped(new byte[2 * 1024 * 1024]) })
        {
            var (status, problem) = await Post("/v1/batch", content);
            Assert.True(
                (status, (string?)problem["type"]) == (HttpStatusCode.RequestEntityTooLarge, "/problems/body-too-large"),
                $"{content.GetType().Name} {content.Headers.ContentEncoding}: {status} {problem}"
            );
        }
    }

    [Fact]
    public async Task A_compressed_body_of_whatever_content_type_is_read()
    {
        var ann = Shop.NewId("ann");
        var body = new JsonObject { ["batch"] = new JsonArray(Shop.Track("Zipped", ann)) };
        var content = Gzipped(Encoding.UTF8.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");

        Assert.Equal(HttpStatusCode.OK, (await Post("/v1/batch", content)).Status);
        Assert.Equal(1, await shop.Count("events", await shop.CustomerOf(ann)));
    }

    [Fact]
    public async Task A_body_that_only_claims_to_be_compressed_is_a_problem_of_the_caller()
    {
        var content = new StringContent("{\"batch\":[]}");
        content.Headers.ContentEncoding.Add("gzip");
        Assert.Equal(HttpStatusCode.BadRequest, (await Post("/v1/batch", content)).Status);
    }

    [Fact]
    public async Task An_event_over_32_KB_is_rejected_and_the_next_one_accepted()
    {
        var ann = Shop.NewId("ann");
        var answer = await shop.Sends(Shop.Track("Big", ann, properties: new { text = new string('x', 33_000) }), Shop.Track("Small", ann));

        Assert.Equal("event-too-large", (string)Assert.Single(answer["rejected"]!.AsArray())!["reason"]!);
        Assert.Equal(1, await shop.Count("events", await shop.CustomerOf(ann)));
    }

    [Theory]
    [InlineData("{\"a\":1e999999}")]
    [InlineData("too long")]
    [InlineData("too deep")]
    public async Task A_context_that_no_call_may_have_is_not_given_to_all_of_them(string context)
    {
        context = context switch
        {
            "too long" => $$"""{"a":"{{new string('x', 33_000)}}"}""",
            "too deep" => $$"""{"a":{{new string('[', 40)}}{{new string(']', 40)}}}""",
            _ => context,
        };
        var (status, problem) = await Post(
            "/v1/batch",
            new StringContent($$"""{"context":{{context}},"batch":[{"type":"page","userId":"{{Shop.NewId()}}"}]}""")
        );

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotNull(problem["errors"]!["context"]);
    }

    [Fact]
    public async Task Every_path_of_the_Segment_API_takes_its_own_kind()
    {
        var ann = Shop.NewId("ann");
        foreach (var kind in new[] { "identify", "track", "page", "screen", "group", "alias" })
        {
            using var response = await shop.Http.PostAsJsonAsync(
                $"/v1/{kind}",
                new
                {
                    userId = ann,
                    @event = "e",
                    previousId = ann,
                },
                Ct
            );
            Assert.Equal("""{"success":true}""", await response.Content.ReadAsStringAsync(Ct));
        }
        Assert.Equal(6, await shop.Count("events", await shop.CustomerOf(ann)));
    }

    [Fact]
    public async Task The_short_paths_of_libraries_for_browsers_and_phones_lead_to_the_same()
    {
        var ann = Shop.NewId("ann");
        foreach (var path in new[] { "i", "t", "p", "s", "g", "a" })
        {
            var body = new StringContent($$"""{"userId":"{{ann}}","event":"e","previousId":"{{ann}}"}""", Encoding.UTF8, "text/plain");
            using var response = await shop.Http.PostAsync($"/v1/{path}", body, Ct);
            Assert.Equal("""{"success":true}""", await response.Content.ReadAsStringAsync(Ct));
        }
        var (status, _) = await Post("/v1/b", new StringContent($$"""{"batch":[{"type":"track","userId":"{{ann}}","event":"f"}]}"""));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            ["alias", "group", "identify", "page", "screen", "track", "track"],
            await shop.Db.QueryAsync<string>(
                "select kind from events where customer_id = @customer order by kind",
                new { customer = await shop.CustomerOf(ann) },
                Ct
            )
        );
    }

    [Fact]
    public async Task A_browser_may_send_the_headers_that_its_library_adds()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/batch");
        preflight.Headers.Add("Origin", "https://shop.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "anonymousid,authorization");
        using var response = await shop.Http.SendAsync(preflight, Ct);
        Assert.Equal("anonymousid,authorization", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Headers")));
        Assert.Equal("Retry-After", Assert.Single(response.Headers.GetValues("Access-Control-Expose-Headers")));
    }

    [Fact]
    public async Task Traits_without_end_are_named_as_rejected_and_the_profile_stays_small()
    {
        var ann = Shop.NewId("ann");
        for (var call = 0; call < 3; call++)
            await shop.Sends(
                Shop.Identify(
                    ann,
                    null,
                    Enumerable.Range(0, 400).ToDictionary(n => $"{ann}-{call}-{n}", n => n),
                    at: Shop.Start.AddSeconds(-9 + call)
                )
            );
        var customer = await shop.CustomerOf(ann);
        Assert.Equal(3, await shop.Count("events", customer));
        Assert.Equal(
            (1000, 1),
            await shop.Db.QuerySingleAsync<(int, int)>(
                """
                select (select count(*)::int from customers c, jsonb_object_keys(c.traits) where c.id = @customer),
                       (select count(*)::int from rejections where reason = 'too-many-traits' and body like '%' || @ann || '%')
                """,
                new { customer, ann },
                Ct
            )
        );
    }

    [Fact]
    public async Task An_alias_between_browsers_names_no_user()
    {
        var (one, other) = (Shop.NewId("browser"), Shop.NewId("browser"));
        await shop.Sends(
            Shop.Track("First", null, one),
            Shop.Call("alias", null, other, new { previousId = one }),
            Shop.Track("Second", null, other)
        );
        var customer = await shop.CustomerOf(one);
        Assert.Equal(customer, await shop.CustomerOf(other));
        Assert.Equal(3, await shop.Count("events", customer));
        Assert.Equal(
            ["anonymous_id", "anonymous_id"],
            await shop.Db.QueryAsync<string>("select kind from identifiers where customer_id = @customer", new { customer }, Ct)
        );
    }

    [Fact]
    public async Task Events_are_collected_only_with_a_key()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batch");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.TokenFor(Platform.Security.Scope.Read));
        using var response = await shop.Http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_profile_is_found_by_every_name_of_the_customer()
    {
        var (ann, browser) = (Shop.NewId("ann"), Shop.NewId("browser"));
        var email = $"{ann}@Shop.example";
        await shop.Sends(
            Shop.Identify(
                ann,
                browser,
                new
                {
                    email,
                    name = "Ann Lee",
                    plan = "pro",
                }
            )
        );
        var customer = await shop.CustomerOf(ann);

        foreach (var query in new[] { $"userId={ann}", $"anonymousId={browser}", $"email={email}" })
        {
            var page = await shop.Http.GetFromJsonAsync<JsonObject>("/api/v1/customers?" + query, Ct);
            var found = Assert.Single(page!["items"]!.AsArray())!;
            Assert.Equal((customer, "Ann", "Lee"), ((Guid)found["id"]!, (string)found["firstName"]!, (string)found["lastName"]!));
        }
        Assert.Equal(1, Assert.Single(await shop.Published<CustomerProfileChanged>(customer)).Version);
    }

    private async Task<(HttpStatusCode Status, JsonObject Problem)> Post(string path, HttpContent content)
    {
        using var response = await shop.Http.PostAsync(path, content, Ct);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>(Ct))!);
    }

    private static ByteArrayContent Gzipped(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private sealed class NotSeekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
