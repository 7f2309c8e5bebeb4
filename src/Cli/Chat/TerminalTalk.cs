using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Chat;

/// <summary>One conversation over the widget's door: lines in, the bot's and people's words out as they come.</summary>
internal sealed class TerminalTalk(HttpClient http, TextReader input, TextWriter output, TimeProvider clock)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly Lock writing = new();
    private string visit = "";
    private long seen;
    private Task following = Task.CompletedTask;

    /// <exception cref="CommandException">Nobody answers at the door, or it does not take the visitor.</exception>
    public async Task RunAsync(string? token, CancellationToken ct)
    {
        var opened = await PostAsync("/visits", new { consent = true, visitorToken = token }, ct);
        visit = (string)opened["visit"]!;
        Say($"{opened["shop"]}: {opened["greeting"]}");
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(ct);
        while (true)
        {
            await output.WriteAsync("> ");
            // The reader of the console cannot be cancelled; the wait for it can.
            var line = (await input.ReadLineAsync(ct).AsTask().WaitAsync(ct))?.Trim();
            if (string.IsNullOrEmpty(line) || line == "/end")
                break;
            if (line == "/bot")
                await PostAsync("/bot", new { visit }, ct);
            else
                await AskAsync(line, gone.Token, ct);
        }
        await gone.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AskAsync(string text, CancellationToken gone, CancellationToken ct)
    {
        using var answer = await SendAsync("/messages", new { visit, text }, ct);
        if (!answer.IsSuccessStatusCode)
        {
            Say(await DetailAsync(answer, ct));
            return;
        }
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        var words = "";
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(ct))
        {
            var data = JsonNode.Parse(item.Data)!;
            if (item.EventType == "part")
            {
                words += (string)data["text"]!;
                continue;
            }
            seen = Math.Max(seen, (long?)data["id"] ?? 0);
            if (words.Length > 0)
                Say("bot: " + words);
            foreach (var article in data["articles"]?.AsArray() ?? [])
                Say($"     from: {article!["title"]} {article["url"]}");
            if (data["choices"] is JsonArray choices)
                Say("     [" + string.Join("] [", choices.Select(choice => (string)choice!)) + "]");
            if ((bool)data["held"]! && following.IsCompleted)
                following = FollowAsync(gone);
        }
    }

    /// <summary>What people say while they have the conversation.</summary>
    private async Task FollowAsync(CancellationToken ct)
    {
        var holder = "waiting";
        while (holder != "bot")
        {
            try
            {
                using var answer = await SendAsync("/follow", new { visit, after = seen }, ct);
                if (!answer.IsSuccessStatusCode)
                    return;
                await using var stream = await answer.Content.ReadAsStreamAsync(ct);
                await foreach (var item in SseParser.Create(stream).EnumerateAsync(ct))
                {
                    var data = JsonNode.Parse(item.Data)!;
                    if (item.EventType == "holder")
                    {
                        holder = (string)data["holder"]!;
                        continue;
                    }
                    seen = Math.Max(seen, (long)data["id"]!);
                    Say($"\n{data["agent"] ?? "bot"}: {data["text"]}");
                }
            }
            catch (HttpIOException)
            {
                // The line broke: it is taken up again below.
            }
            await Task.Delay(BetweenLooks, clock, ct);
        }
    }

    // Two speak: who answers, and who is listened for meanwhile.
    private void Say(string line)
    {
        lock (writing)
            output.WriteLine(line);
    }

    private async Task<JsonNode> PostAsync(string path, object body, CancellationToken ct)
    {
        using var answer = await SendAsync(path, body, ct);
        if (!answer.IsSuccessStatusCode)
            throw new CommandException(await DetailAsync(answer, ct));
        return answer.StatusCode == HttpStatusCode.NoContent ? new JsonObject() : (await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, object body, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Routes.ChatDoor + path) { Content = JsonContent.Create(body) };
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException cause)
        {
            throw new CommandException(
                $"No platform answers at {http.BaseAddress} ({cause.Message}). Run ./marketing up first, or name its door with --url.",
                cause
            );
        }
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var body = await answer.Content.ReadAsStringAsync(ct);
        try
        {
            var problem = JsonNode.Parse(body);
            var field = (problem?["errors"] as JsonObject)?.FirstOrDefault();
            return field is { Value: { } messages } ? $"{field.Value.Key}: {messages[0]}" : problem?["detail"]?.ToString() ?? body;
        }
        catch (System.Text.Json.JsonException)
        {
            return $"{(int)answer.StatusCode}: {body}";
        }
    }
}
