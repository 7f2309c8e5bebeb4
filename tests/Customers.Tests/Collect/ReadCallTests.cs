using System.Text.Json;
using MarketingPlatform.Customers.Collect;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

public sealed class ReadCallTests
{
    private const int MaxBytes = 32 * 1024;
    private static readonly DateTimeOffset Now = Shop.Start;

    [Theory]
    [InlineData("identify", """{"traits":{"a":1}}""")]
    [InlineData("group", """{"groupId":"Home","traits":{"a":1}}""")]
    [InlineData("page", """{"name":"Home","properties":{"a":1}}""")]
    [InlineData("screen", """{"name":"Home","properties":{"a":1}}""")]
    [InlineData("track", """{"event":"Home","properties":{"a":1}}""")]
    [InlineData("alias", """{"previousId":"old","properties":{"a":1}}""")]
    public void Each_kind_is_understood_with_its_name_and_its_data(string kind, string body)
    {
        var call = Accepted(body.Insert(1, $"\"type\":\"{kind}\",\"userId\":\"ann\","));

        Assert.Equal((kind, "ann"), (call.Kind, call.UserId));
        Assert.Equal(
            kind is "alias" ? "old"
                : kind is "identify" ? null
                : "Home",
            call.Name
        );
        Assert.Equal(kind == "alias" ? "old" : null, call.PreviousId);
        Assert.Equal("""{"a":1}""", call.Data?.GetRawText());
        Assert.Equal(Now, call.At);
    }

    [Theory]
    [InlineData("not-an-object", "[]")]
    [InlineData("not-an-object", "7")]
    [InlineData("unknown-type", """{"userId":"ann"}""")]
    [InlineData("unknown-type", """{"type":"dance","userId":"ann"}""")]
    [InlineData("unknown-type", """{"type":7,"userId":"ann"}""")]
    [InlineData("no-id", """{"type":"page"}""")]
    [InlineData("no-id", """{"type":"page","userId":"  ","anonymousId":null}""")]
    [InlineData("no-id", """{"type":"page","userId":{"a":1}}""")]
    [InlineData("no-id", """{"type":"page","userId":"undefined","anonymousId":" NULL "}""")]
    [InlineData("no-id", """{"type":"page","userId":0,"anonymousId":"00000000-0000-0000-0000-000000000000"}""")]
    [InlineData("alias-without-ids", """{"type":"alias","userId":"ann"}""")]
    [InlineData("alias-without-ids", """{"type":"alias","previousId":"ann"}""")]
    [InlineData("no-event-name", """{"type":"track","userId":"ann"}""")]
    [InlineData("no-event-name", """{"type":"track","userId":"ann","event":" "}""")]
    [InlineData("bad-timestamp", """{"type":"page","userId":"ann","timestamp":"yesterday"}""")]
    [InlineData("bad-timestamp", """{"type":"page","userId":"ann","timestamp":1700000000}""")]
    [InlineData("number-out-of-range", """{"type":"page","userId":"ann","properties":{"a":1e999999}}""")]
    [InlineData("number-out-of-range", """{"type":"page","userId":"ann","properties":{"a":[1E-999999]}}""")]
    public void What_cannot_be_used_is_rejected_with_its_reason_and_its_body(string reason, string body)
    {
        var (call, rejected) = Read(body);

        Assert.Null(call);
        Assert.Equal((reason, 3, body), (rejected!.Reason, rejected.Index, rejected.Body));
        Assert.NotEmpty(rejected.Detail);
    }

    [Fact]
    public void An_id_may_have_512_characters()
    {
        Assert.Equal(512, Accepted($$"""{"type":"page","userId":"{{new string('x', 512)}}"}""").UserId!.Length);
        Assert.Equal("id-too-long", Read($$"""{"type":"page","userId":"{{new string('x', 513)}}"}""").Rejected!.Reason);
    }

    [Fact]
    public void The_size_of_a_call_is_counted_in_bytes()
    {
        static string Body(int letters) => $$"""{"type":"page","userId":"ann","name":"{{new string('é', letters)}}"}""";

        var frame = Body(0).Length;
        Assert.NotNull(Read(Body((MaxBytes - frame) / 2)).Call);
        Assert.Equal("event-too-large", Read(Body((MaxBytes - frame) / 2 + 1)).Rejected!.Reason);
    }

    [Fact]
    public void A_call_nested_deeper_than_others_can_read_is_rejected()
    {
        static string Body(int depth) =>
            """{"type":"page","userId":"ann","properties":{"a":""" + new string('[', depth - 2) + new string(']', depth - 2) + "}}";

        Assert.NotNull(Read(Body(32)).Call);
        Assert.Equal("nested-too-deep", Read(Body(33)).Rejected!.Reason);
        // Many small objects are not deep.
        Assert.NotNull(
            Read("""{"type":"page","userId":"ann","properties":{"a":[""" + string.Join(',', Enumerable.Repeat("{}", 100)) + "]}}").Call
        );
    }

    [Fact]
    public void A_long_rejected_body_is_cut_between_characters()
    {
        // Whichever side of a pair the limit falls on, what is kept can be stored.
        foreach (var shift in new[] { "", "x" })
        {
            var kept = Read($$"""{"type":"{{shift}}{{string.Concat(Enumerable.Repeat("😀", 4000))}}","userId":"ann"}""").Rejected!;
            Assert.InRange(kept.Body.Length, 4095, 4096);
            Assert.False(char.IsHighSurrogate(kept.Body[^1]));
            Assert.DoesNotContain('\uFFFD', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(kept.Detail)));
        }
    }

    [Fact]
    public void Ids_that_are_numbers_are_taken_as_written() => Assert.Equal("42", Accepted("""{"type":"page","userId":42}""").UserId);

    [Fact]
    public void A_call_without_message_id_gets_one_of_its_own()
    {
        const string Body = """{"type":"page","userId":"ann"}""";
        Assert.NotEqual(Accepted(Body).MessageId, Accepted(Body).MessageId);
        Assert.Equal("m1", Accepted("""{"type":"page","userId":"ann","messageId":"m1"}""").MessageId);
    }

    [Fact]
    public void A_message_id_of_any_kind_names_the_same_call_again()
    {
        Assert.Equal("42", Accepted("""{"type":"page","userId":"ann","messageId":42}""").MessageId);
        var tooLong = $$"""{"type":"page","userId":"ann","messageId":"{{new string('x', 600)}}"}""";
        Assert.Equal(Accepted(tooLong).MessageId, Accepted(tooLong).MessageId);
        Assert.InRange(Accepted(tooLong).MessageId.Length, 1, ReadCall.MaxIdLength);
    }

    [Theory]
    [InlineData("""{"context":{"traits":{"plan":"pro"}}}""", "pro")]
    [InlineData("""{"traits":{},"context":{"traits":{"plan":"pro"}}}""", "pro")]
    [InlineData("""{"traits":{"plan":"free"},"context":{"traits":{"plan":"pro"}}}""", "free")]
    public void Traits_in_the_context_count_where_the_call_has_none_of_its_own(string body, string plan) =>
        // As RudderStack's HTTP API documents it, and its libraries for browsers, phones, Python and Java send it.
        Assert.Equal(
            plan,
            Accepted(body.Insert(1, "\"type\":\"identify\",\"userId\":\"ann\",")).Data!.Value.GetProperty("plan").GetString()
        );

    [Fact]
    public void Calls_inherit_context_and_sending_time_of_their_batch()
    {
        using var batch = JsonDocument.Parse("""{"context":{"ip":"1.2.3.4"},"sentAt":"2026-03-01T11:00:00Z"}""");
        var body = JsonElement.Parse("""{"type":"page","userId":"ann","timestamp":"2026-03-01T10:59:00Z"}""");

        var call = ReadCall.From(body, 0, null, batch.RootElement, Now, MaxBytes, new Sender(null)).Call!;

        Assert.Equal("1.2.3.4", call.Context!.Value.GetProperty("ip").GetString());
        Assert.Equal(Now.AddMinutes(-1), call.At);
    }

    [Fact]
    public void The_path_says_the_kind_better_than_the_body() =>
        Assert.Equal(
            "page",
            ReadCall
                .From(JsonElement.Parse("""{"type":"track","userId":"ann"}"""), 0, "page", null, Now, MaxBytes, new Sender(null))
                .Call!.Kind
        );

    [Fact]
    public void Every_payload_of_the_tester_of_segment_libraries_is_accepted()
    {
        var files = SharedData.Files("events-segment", "*.json");
        Assert.SkipWhen(files.Count == 0, SharedData.Missing);
        Assert.All(files, file => Accepted(File.ReadAllText(file)));
    }

    private static Call Accepted(string body)
    {
        var (call, rejected) = Read(body);
        Assert.Null(rejected);
        return call!;
    }

    private static (Call? Call, RejectedCall? Rejected) Read(string body) =>
        ReadCall.From(JsonElement.Parse(body), 3, null, null, Now, MaxBytes, new Sender(null));
}
