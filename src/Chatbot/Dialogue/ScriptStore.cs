using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>The dialogue that serves: the shop's newest, else the one that comes with the service. Asked anew for each message, so that all instances change at once.</summary>
internal sealed class ScriptStore(ILogger<ScriptStore> log)
{
    private sealed record Loaded(long? Version, Script Script);

    private volatile Loaded current = new(null, Script.Standard);

    /// <summary>The one that was asked for last; the current one is at most a message away.</summary>
    public Script Latest => current.Script;

    public async Task<Script> CurrentAsync(UnitOfWork work, CancellationToken ct)
    {
        var newest = await work.QuerySingleOrDefaultAsync<long?>("select max(version) from dialogues", null, ct);
        if (newest == current.Version)
            return current.Script;
        var yaml = newest is null
            ? null
            : await work.QuerySingleOrDefaultAsync<string>("select yaml from dialogues where version = @newest", new { newest }, ct);
        var (script, faults) = yaml is null ? (Script.Standard, []) : ScriptReader.Read(yaml);
        // It was whole when it was saved; a newer version of the service may read it differently.
        if (script is null)
            log.LogError("The shop's dialogue cannot be used any more, line {Line}: {Fault}", faults[0].Line, faults[0].Message);
        current = new Loaded(newest, script ?? Script.Standard);
        return current.Script;
    }
}
