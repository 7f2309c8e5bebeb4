using System.Net;
using System.Text;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Http;

public sealed class WholeListTests
{
    private static readonly ProblemHttpResult Away = Problem.Of(503, "things-away", "The things cannot be read now", "Try again.");

    [Fact]
    public async Task Pages_are_turned_to_the_last()
    {
        var other = new OtherService(
            _ => Answer("""{"items": [{"name": "a"}, {"name": "b"}], "nextCursor": "b&more"}"""),
            _ => Answer("""{"items": [], "nextCursor": "c"}"""),
            _ => Answer("""{"items": [{"name": "c"}]}""")
        );

        var (items, problem) = await ReadAsync(other, "/things?kind=small");

        Assert.Null(problem);
        Assert.Equal(["a", "b", "c"], items!.Select(thing => thing.Name));
        Assert.Equal(
            ["/things?kind=small&limit=1000", "/things?kind=small&limit=1000&cursor=b%26more", "/things?kind=small&limit=1000&cursor=c"],
            other.Asked
        );
    }

    [Fact]
    public async Task A_list_that_is_not_known_names_the_field_that_asked_for_it()
    {
        var other = new OtherService(_ => new HttpResponseMessage(HttpStatusCode.NotFound));

        var (items, problem) = await ReadAsync(other, "/things");

        Assert.Null(items);
        Assert.Equal(400, problem!.StatusCode);
        var errors = Assert.IsType<IDictionary<string, string[]>>(
            ((ProblemDetails)problem.ProblemDetails).Extensions["errors"],
            exactMatch: false
        );
        Assert.Equal("No such list of things.", Assert.Single(errors["things"]));
        Assert.Equal(["/things?limit=1000"], other.Asked);
    }

    public static TheoryData<string> Troubles => [.. Causes.Keys];

    private static readonly Dictionary<string, Func<HttpRequestMessage, HttpResponseMessage>> Causes = new()
    {
        ["an error"] = _ => new HttpResponseMessage(HttpStatusCode.InternalServerError),
        ["no right to read"] = _ => new HttpResponseMessage(HttpStatusCode.Forbidden),
        ["no connection"] = _ => throw new HttpRequestException("refused"),
        ["a pipeline that waited long enough"] = _ => throw new TimeoutRejectedException(),
        ["an open circuit"] = _ => throw new BrokenCircuitException(),
        ["a client that waited long enough"] = _ => throw new TaskCanceledException("time-out", new TimeoutException()),
        ["half an answer"] = _ => Answer("""{"items": [{"na"""),
        ["another answer"] = _ => Answer("""{"things": []}"""),
        ["nothing"] = _ => Answer("null"),
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Half_a_list_is_none(string trouble)
    {
        var other = new OtherService(_ => Answer("""{"items": [{"name": "a"}], "nextCursor": "a"}"""), Causes[trouble]);

        Assert.Equal((null, Away), await ReadAsync(other, "/things"));
        Assert.Equal(2, other.Asked.Count);
    }

    [Fact]
    public async Task Who_stops_waiting_gets_no_answer()
    {
        using var stop = new CancellationTokenSource();
        var other = new OtherService(_ =>
        {
            stop.Cancel();
            return Answer("""{"items": [{"name": "a"}], "nextCursor": "a"}""");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(other, "/things", stop.Token));
    }

    private static async Task<(IReadOnlyList<Thing>? Items, ProblemHttpResult? Problem)> ReadAsync(
        OtherService other,
        string path,
        CancellationToken? ct = null
    )
    {
        using var http = new HttpClient(other, disposeHandler: false) { BaseAddress = new Uri("http://other") };
        return await WholeList.ReadAsync<Thing>(
            http,
            path,
            new FieldError("things", "No such list of things."),
            Away,
            ct ?? TestContext.Current.CancellationToken
        );
    }

    private static HttpResponseMessage Answer(string json) =>
        new() { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    private sealed record Thing(string Name);

    /// <summary>Answers one question after the other.</summary>
    private sealed class OtherService(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Asked.Add(request.RequestUri!.PathAndQuery);
            return Task.FromResult(answers[Asked.Count - 1](request));
        }
    }
}
