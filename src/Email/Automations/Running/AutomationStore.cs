using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Email.Automations.Running;

/// <summary>A version as it is stored.</summary>
internal sealed record StoredAutomation(string Name, int Version, string Content, string Source, string Status, DateTimeOffset At);

/// <summary>Automations with all their versions, and the plans in use made of them.</summary>
internal sealed class AutomationStore(EmailDatabase db, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<(string, int), Plan> compiled = [];
    private readonly SemaphoreSlim one = new(1, 1);
    private volatile Plans plans = Plans.None;
    private string? seen;

    public void Dispose() => one.Dispose();

    /// <summary>Plans as they were last read.</summary>
    public Plans Plans => plans;

    /// <summary>Plans, read at least once.</summary>
    public async Task<Plans> ReadyAsync(CancellationToken ct)
    {
        if (seen is null)
            await RefreshAsync(ct);
        return plans;
    }

    public Task<IReadOnlyList<StoredAutomation>> AllAsync(CancellationToken ct) =>
        db.QueryAsync<StoredAutomation>($"{Sql} order by a.name", null, ct);

    public Task<StoredAutomation?> FindAsync(string name, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<StoredAutomation>($"{Sql} where a.name = @Name", new { Name = name }, ct);

    public Task<StoredAutomation?> FindAsync(string name, int version, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<StoredAutomation>(
            """
            select v.name, v.version, v.content, v.source, case when v.version = a.version then a.status else 'off' end as status, v.at
            from automation_versions v join automations a using (name) where v.name = @Name and v.version = @Version
            """,
            new { Name = name, Version = version },
            ct
        );

    /// <param name="expected">The version that is to be replaced, 0 for a new automation; null for whatever there is.</param>
    /// <returns>The new version, the stored one where nothing changed; null where another version is stored.</returns>
    public async Task<int?> SaveAsync(Automation automation, string content, string source, int? expected, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(ct);
        var version = await SaveAsync(work, automation, content, source, expected, ct);
        await work.CommitAsync(ct);
        await RefreshAsync(ct);
        return version;
    }

    public async Task<bool> SwitchAsync(string name, bool on, CancellationToken ct)
    {
        var changed = await db.ExecuteAsync(
            "update automations set status = @Status, updated_at = @Now where name = @Name",
            new
            {
                Name = name,
                Status = on ? "on" : "off",
                Now = clock.GetUtcNow(),
            },
            ct
        );
        await RefreshAsync(ct);
        return changed > 0;
    }

    /// <summary>Takes over what any instance has saved; cheap where nothing has.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            if (seen is null)
                await AddBuiltInsAsync(ct);
            var stamp = await db.QuerySingleAsync<string>(
                """
                select (select count(*) from automation_versions) || ':'
                    || coalesce((select string_agg(name || version || status, ',' order by name) from automations), '')
                """,
                null,
                ct
            );
            if (stamp == seen)
                return;
            await ReloadAsync(ct);
            seen = stamp;
        }
        finally
        {
            one.Release();
        }
    }

    private async Task ReloadAsync(CancellationToken ct)
    {
        // Versions that somebody is still under way in, and the newest of each.
        var rows = await db.QueryAsync<StoredAutomation>(
            """
            select v.name, v.version, v.content, v.source, case when v.version = a.version then a.status else 'old' end as status, v.at
            from automation_versions v join automations a using (name)
            where v.version = a.version or exists (
                select from journeys j where j.automation = v.name and j.version = v.version and j.outcome is null)
            """,
            null,
            ct
        );
        List<Plan> open = [];
        List<Plan> all = [];
        foreach (var row in rows)
        {
            if (!compiled.TryGetValue((row.Name, row.Version), out var plan))
            {
                // It was checked when it was saved; a rule that came later must not stop those under way.
                if (AutomationParser.Parse(row.Content).Automation is not { } automation)
                    continue;
                compiled[(row.Name, row.Version)] = plan = new Plan(automation, row.Version);
            }
            all.Add(plan);
            if (row.Status == "on")
                open.Add(plan);
        }
        plans = Plans.Of(open, all);
    }

    // A newer platform brings newer files; what the shop has written itself stays.
    private async Task AddBuiltInsAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync("select pg_advisory_xact_lock(7305813)", null, ct);
        var stored = (await work.QueryAsync<StoredAutomation>($"{Sql}", null, ct)).ToDictionary(row => row.Name);
        foreach (var (name, content) in ReadyMade.All)
            if (!stored.TryGetValue(name, out var row) || (row.Source == "built-in" && row.Content != content))
                await SaveAsync(work, ReadyMade.Parse(name), content, "built-in", null, ct);
        await work.CommitAsync(ct);
    }

    private async Task<int?> SaveAsync(
        UnitOfWork work,
        Automation automation,
        string content,
        string source,
        int? expected,
        CancellationToken ct
    )
    {
        await work.ExecuteAsync("select pg_advisory_xact_lock(7305814, hashtext(@Name))", new { automation.Name }, ct);
        var stored = await work.QuerySingleOrDefaultAsync<StoredAutomation>($"{Sql} where a.name = @Name", new { automation.Name }, ct);
        if (expected is not null && expected != (stored?.Version ?? 0))
            return null;
        if (stored is not null && stored.Content == content)
            return stored.Version;
        var version = await work.QuerySingleAsync<int>(
            "select coalesce(max(version), 0) + 1 from automation_versions where name = @Name",
            new { automation.Name },
            ct
        );
        await work.ExecuteAsync(
            """
            insert into automation_versions (name, version, content, source, at) values (@Name, @Version, @Content, @Source, @Now);
            insert into automations (name, version, status, updated_at) values (@Name, @Version, @Status, @Now)
            on conflict (name) do update set version = excluded.version, updated_at = excluded.updated_at,
                status = case when @Keeps then automations.status else excluded.status end
            """,
            new
            {
                automation.Name,
                Version = version,
                Content = content,
                Source = source,
                Status = automation.Enabled ? "on" : "off",
                Keeps = stored is not null && !Switches(stored, automation),
                Now = clock.GetUtcNow(),
            },
            ct
        );
        if (stored is not null && automation.InFlight == InFlight.Move)
            await MovePeople.ApplyAsync(work, new Plan(automation, version), clock.GetUtcNow(), ct);
        return version;
    }

    /// <summary>
    /// Saving turns an automation on or off only where <c>enabled</c> was changed: what somebody has turned off for a reason does not come
    /// on again because its text was mended.
    /// </summary>
    public static bool Switches(StoredAutomation stored, Automation automation) =>
        AutomationParser.Parse(stored.Content).Automation is { } before && before.Enabled != automation.Enabled;

    private const string Sql = """
        select a.name, a.version, v.content, v.source, a.status, v.at
        from automations a join automation_versions v on v.name = a.name and v.version = a.version
        """;
}

/// <summary>Looks now and then whether another instance has changed an automation.</summary>
internal sealed class AutomationRefresh(EmailDatabase db, AutomationStore store, TimeProvider clock, ILogger<AutomationRefresh> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(
            Interval,
            db,
            store.RefreshAsync,
            e => log.LogError(e, "Automations could not be read; those in use stay"),
            clock,
            stoppingToken
        );
}
