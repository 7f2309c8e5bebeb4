using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <param name="Version">Null for the one that comes with the service.</param>
/// <param name="Yaml">As it was written, comments and all.</param>
/// <param name="Intents">What it has an answer for.</param>
internal sealed record DialogueView(long? Version, DateTimeOffset? SavedAt, string Yaml, IReadOnlyList<string> Intents);

/// <param name="Usable">Whether a PUT would be taken.</param>
internal sealed record DialogueCheck(bool Usable, IReadOnlyList<ScriptFault> Faults);

/// <summary>
/// <c>GET|PUT|DELETE /api/v1/chat/dialogue</c>: the shop's own dialogue as YAML text in place of the one that comes with the service;
/// <c>POST …/check</c> says what a PUT would. Faults are told with their lines.
/// </summary>
internal static class ScriptApi
{
    private const string Path = Routes.Chat + "/dialogue";

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Path, GetAsync).RequireScope(Scope.Read).WithName("GetDialogue");
        root.MapPost(Path + "/check", CheckAsync)
            .RequireScope(Scope.Read)
            .WithName("CheckDialogue")
            .Accepts<string>("application/yaml", "text/yaml", "text/plain");
        root.MapPut(Path, PutAsync)
            .RequireScope(Scope.Write)
            .WithName("PutDialogue")
            .Accepts<string>("application/yaml", "text/yaml", "text/plain");
        root.MapDelete(Path, DeleteAsync).RequireScope(Scope.Write).WithName("DeleteDialogue");
    }

    private static async Task<Ok<DialogueView>> GetAsync(ChatbotDatabase database, CancellationToken ct)
    {
        var row = await database.QuerySingleOrDefaultAsync<Row>(
            "select version, yaml, saved_at from dialogues order by version desc limit 1",
            null,
            ct
        );
        var yaml = row?.Yaml ?? Script.StandardText();
        var intents = (ScriptReader.Read(yaml).Script ?? Script.Standard).Intents.Keys;
        return TypedResults.Ok(new DialogueView(row?.Version, row?.SavedAt, yaml, [.. intents]));
    }

    private static async Task<Ok<DialogueCheck>> CheckAsync(HttpRequest request, CancellationToken ct)
    {
        var (script, faults) = ScriptReader.Read(await TextAsync(request, ct));
        return TypedResults.Ok(new DialogueCheck(script is not null, faults));
    }

    private static async Task<IResult> PutAsync(HttpRequest request, ChatbotDatabase database, TimeProvider clock, CancellationToken ct)
    {
        var yaml = await TextAsync(request, ct);
        var (script, faults) = ScriptReader.Read(yaml);
        if (script is null)
            return Problem.Invalid([.. faults.Select(fault => new FieldError($"line {fault.Line}, column {fault.Column}", fault.Message))]);
        if (yaml.Contains('\0'))
            return Problem.Invalid(new FieldError("line 1, column 1", "Must not contain a NUL character."));
        var now = clock.GetUtcNow();
        var version = await database.QuerySingleAsync<long>(
            "insert into dialogues (yaml, saved_at) values (@yaml, @now) returning version",
            new { yaml, now },
            ct
        );
        return TypedResults.Ok(new DialogueView(version, now, yaml, [.. script.Intents.Keys]));
    }

    private static async Task<NoContent> DeleteAsync(ChatbotDatabase database, CancellationToken ct)
    {
        await database.ExecuteAsync("delete from dialogues", null, ct);
        return TypedResults.NoContent();
    }

    private static async Task<string> TextAsync(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync(ct);
    }

    private sealed record Row(long Version, string Yaml, DateTimeOffset SavedAt);
}
