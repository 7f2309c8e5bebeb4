using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>
/// The dialogue that serves: the shop's newest, in whatever language it is, else the one that comes with the service in the visitor's language.
/// Asked anew for each message, so that all instances change at once.
/// </summary>
internal sealed class ScriptStore(Languages languages, ILogger<ScriptStore> log)
{
    /// <param name="Own">Null where the shop has none, or none that can be used.</param>
    private sealed record Loaded(long? Version, Script? Own);

    private volatile Loaded current = new(null, null);

    /// <summary>The one that was asked for last; the current one is at most a message away.</summary>
    public Script LatestIn(string? language) => current.Own ?? Script.StandardIn(language ?? languages.Own);

    /// <param name="language">The visitor's, ISO 639-1; null where it is not known yet.</param>
    public async Task<Script> CurrentAsync(UnitOfWork work, string? language, CancellationToken ct)
    {
        var newest = await work.QuerySingleOrDefaultAsync<long?>("select max(version) from dialogues", null, ct);
        if (newest != current.Version)
        {
            var yaml = newest is null
                ? null
                : await work.QuerySingleOrDefaultAsync<string>("select yaml from dialogues where version = @newest", new { newest }, ct);
            var (script, faults) = yaml is null ? (null, []) : ScriptReader.Read(yaml);
            // It was whole when it was saved; a newer version of the service may read it differently.
            if (yaml is not null && script is null)
                log.LogError("The shop's dialogue cannot be used any more, line {Line}: {Fault}", faults[0].Line, faults[0].Message);
            current = new Loaded(newest, script);
        }
        return LatestIn(language);
    }
}
