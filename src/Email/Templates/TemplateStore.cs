using System.Text.Json;
using System.Text.RegularExpressions;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Email.Templates;

/// <summary>How templates, coupon pools and the like are called.</summary>
internal static partial class TemplateName
{
    public const string Rule = "A name has 1 to 63 characters: lower-case letters, digits and hyphens, beginning with a letter or a digit.";

    public static bool IsValid(string? name) => name is not null && Valid().IsMatch(name);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}$")]
    private static partial Regex Valid();
}

/// <summary>A template of the shop as it is stored.</summary>
/// <param name="Version">Grows by one with each change, also over a deletion.</param>
internal sealed record StoredTemplate(string Name, int Version, TemplateContent Content, DateTimeOffset UpdatedAt);

/// <summary>Keeps the shop's templates with all their versions, and the templates in use up to date.</summary>
internal sealed class TemplateStore(EmailDatabase db, MailTemplates templates, TimeProvider clock)
{
    private string? seen;

    internal sealed record Row(string Name, int Version, string Content, DateTimeOffset UpdatedAt)
    {
        public StoredTemplate ToTemplate() =>
            new(Name, Version, JsonSerializer.Deserialize<TemplateContent>(Content, Json.Options)!, UpdatedAt);
    }

    public async Task<StoredTemplate?> FindAsync(string name, CancellationToken ct) =>
        (
            await db.QuerySingleOrDefaultAsync<Row>(
                "select name, version, content, updated_at from templates where name = @Name",
                new { Name = name },
                ct
            )
        )?.ToTemplate();

    public async Task<IReadOnlyList<StoredTemplate>> AllAsync(CancellationToken ct) =>
        [
            .. (await db.QueryAsync<Row>("select name, version, content, updated_at from templates order by name", null, ct)).Select(row =>
                row.ToTemplate()
            ),
        ];

    /// <param name="expected">The version that is to be replaced, 0 for a template that is not stored yet; null for whatever there is.</param>
    /// <returns>Null where another version is stored.</returns>
    public async Task<StoredTemplate?> SaveAsync(string name, TemplateContent content, int? expected, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var json = JsonSerializer.Serialize(content, Json.Options);
        await using var work = await db.BeginAsync(ct);
        if (await NextVersionAsync(work, name, expected, ct) is not { } version)
            return null;
        await work.ExecuteAsync(
            """
            insert into templates (name, version, content, updated_at) values (@Name, @Version, @Json::jsonb, @Now)
            on conflict (name) do update set version = @Version, content = @Json::jsonb, updated_at = @Now;
            insert into template_versions (name, version, content, at) values (@Name, @Version, @Json::jsonb, @Now)
            """,
            new
            {
                Name = name,
                Version = version,
                Json = json,
                Now = now,
            },
            ct
        );
        await work.CommitAsync(ct);
        await ReloadAsync(ct);
        return new(name, version, content, now);
    }

    /// <returns>False where another version is stored.</returns>
    public async Task<bool> DeleteAsync(string name, int? expected, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(ct);
        if (await NextVersionAsync(work, name, expected, ct) is not { } version)
            return false;
        await work.ExecuteAsync(
            """
            delete from templates where name = @Name;
            insert into template_versions (name, version, content, at) values (@Name, @Version, null, @Now)
            """,
            new
            {
                Name = name,
                Version = version,
                Now = clock.GetUtcNow(),
            },
            ct
        );
        await work.CommitAsync(ct);
        await ReloadAsync(ct);
        return true;
    }

    /// <summary>Takes over what any instance has saved; cheap where nothing has.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        if (await StampAsync(ct) != seen)
            await ReloadAsync(ct);
    }

    private async Task ReloadAsync(CancellationToken ct)
    {
        var stamp = await StampAsync(ct);
        var own = await AllAsync(ct);
        templates.Use(own.ToDictionary(template => template.Name, template => template.Content));
        seen = stamp;
    }

    private Task<string> StampAsync(CancellationToken ct) =>
        db.QuerySingleAsync<string>("select count(*) || ':' || coalesce(max(at)::text, '') from template_versions", null, ct);

    // Serialised by name, so that of two who change the same version one is told.
    private static async Task<int?> NextVersionAsync(UnitOfWork work, string name, int? expected, CancellationToken ct)
    {
        await work.ExecuteAsync("select pg_advisory_xact_lock(7305812, hashtext(@Name))", new { Name = name }, ct);
        var stored = await work.QuerySingleOrDefaultAsync<int?>(
            "select version from templates where name = @Name",
            new { Name = name },
            ct
        );
        if (expected is not null && expected != (stored ?? 0))
            return null;
        return await work.QuerySingleAsync<int>(
            "select coalesce(max(version), 0) + 1 from template_versions where name = @Name",
            new { Name = name },
            ct
        );
    }
}

/// <summary>Looks now and then whether another instance has changed a template.</summary>
internal sealed class TemplateRefresh(EmailDatabase db, TemplateStore store, TimeProvider clock, ILogger<TemplateRefresh> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(
            Interval,
            db,
            store.RefreshAsync,
            e => log.LogError(e, "Templates could not be read; those in use stay"),
            clock,
            stoppingToken
        );
}
