using System.Net;
using System.Text;

namespace MarketingPlatform.Client.Tests;

/// <summary>A platform that answers what a test says, one after the other; the last one again and again.</summary>
internal sealed class Answers(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    public List<(string Request, string Body)> Asked { get; } = [];

    public static Func<HttpResponseMessage> Ok(string json) => Of(HttpStatusCode.OK, json);

    public static Func<HttpResponseMessage> Of(HttpStatusCode status, string text, TimeSpan? retryAfter = null) =>
        () =>
        {
            var answer = new HttpResponseMessage(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
            if (retryAfter is { } pause)
                answer.Headers.RetryAfter = new(pause);
            return answer;
        };

    public static HttpResponseMessage Broken() => throw new HttpRequestException("connection refused");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add(
            (
                $"{request.Method} {request.RequestUri!.PathAndQuery} {request.Headers.Authorization}",
                request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken)
            )
        );
        return answers[Math.Min(Asked.Count, answers.Length) - 1]();
    }
}
