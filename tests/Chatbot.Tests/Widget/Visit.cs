using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Chatbot.Widget;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Widget;

/// <summary>A visitor of a shop's page, as chat.js speaks for one: without any key, with the secret of the conversation.</summary>
internal sealed class Visit(RunningChatbot bot, VisitView view, HttpClient http)
{
    public VisitView View { get; } = view;

    public Guid Id => View.ConversationId;

    private static CancellationToken Ct => RunningChatbot.Ct;

    public static async Task<Visit> OpenAsync(RunningChatbot bot, string? token = null)
    {
        var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = bot.Door };
        using var answer = await http.PostAsJsonAsync("/chat/visits", new { consent = true, visitorToken = token }, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new Visit(bot, (await answer.Content.ReadFromJsonAsync<VisitView>(Json.Options, Ct))!, http);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body) => http.PostAsJsonAsync("/chat/" + path, body, Json.Options, Ct);

    public Task<HttpResponseMessage> SendAsync(string text) => PostAsync("messages", new { visit = View.Visit, text });

    /// <returns>The whole text of the answer, and its end.</returns>
    public async Task<(string Text, AnswerEnd End)> SaysAsync(string text)
    {
        using var answer = await SendAsync(text);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var events = Read(await answer.Content.ReadAsStringAsync(Ct));
        var end = Assert.Single(events, e => e.Name == "done");
        return (
            string.Concat(events.Where(e => e.Name == "part").Select(e => (string)e.Data["text"]!)),
            end.Data.Deserialize<AnswerEnd>(Json.Options)!
        );
    }

    /// <summary>What happens until the bot has the conversation again.</summary>
    public async Task<IReadOnlyList<(string Name, JsonNode Data)>> FollowAsync(long after)
    {
        using var answer = await PostAsync("follow", new { visit = View.Visit, after });
        return Read(await answer.Content.ReadAsStringAsync(Ct));
    }

    public async Task AgentAsync(string what, string? text = null, HttpStatusCode expected = HttpStatusCode.NoContent)
    {
        using var answer = await bot.Client(Scope.Write)
            .PostAsJsonAsync($"/api/v1/chat/conversations/{Id}/{what}", new { agent = "Grace", text }, Json.Options, Ct);
        Assert.Equal(expected, answer.StatusCode);
    }

    private static List<(string Name, JsonNode Data)> Read(string stream) =>
        [
            .. stream
                .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(block => block.Split('\n'))
                .Select(lines => (lines[0]["event: ".Length..], JsonNode.Parse(lines[1]["data: ".Length..])!)),
        ];
}
