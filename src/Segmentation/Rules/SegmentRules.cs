using System.Collections.Concurrent;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Rules;

/// <param name="Version">Grows by one with each change of the segment.</param>
internal sealed record RuleSegment(Guid Id, string Key, Rule Rule, int Version, int AppliedVersion);

/// <summary>The segments that have a rule, read anew for each use; a rule is parsed once a version.</summary>
internal sealed class SegmentRules(IOptions<Shop> shop)
{
    private readonly ConcurrentDictionary<Guid, (string Json, Rule Rule)> parsed = new();

    public string ShopCurrency { get; } = shop.Value.Currency;

    public async Task<IReadOnlyList<RuleSegment>> ReadAsync(UnitOfWork work, CancellationToken ct)
    {
        var rows = await work.QueryAsync<Row>(ReadSql, null, ct);
        return [.. rows.Select(r => new RuleSegment(r.Id, r.Key, Parsed(r.Id, r.Rule), r.Version, r.AppliedVersion))];
    }

    /// <summary>Every key with its rule; null for built-in ones.</summary>
    public async Task<IReadOnlyDictionary<string, Rule?>> AllAsync(UnitOfWork work, CancellationToken ct)
    {
        var rules = (await ReadAsync(work, ct)).ToDictionary(s => s.Key, s => (Rule?)s.Rule);
        foreach (var key in await work.QueryAsync<string>("select key from segments where rule is null", null, ct))
            rules[key] = null;
        return rules;
    }

    public RuleEvaluation Evaluation(IEnumerable<RuleSegment> segments) =>
        new(segments.ToDictionary(s => s.Key, s => s.Rule), ShopCurrency);

    public RuleQuery Compile(Rule rule, IEnumerable<RuleSegment> segments, DateTimeOffset now) =>
        RuleSql.Compile(rule, segments.ToDictionary(s => s.Key, s => s.Rule), ShopCurrency, now);

    /// <summary>The database keeps microseconds; both evaluators must mean the same instant.</summary>
    public static DateTimeOffset Instant(DateTimeOffset now) => now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)).ToUniversalTime();

    private Rule Parsed(Guid id, string json)
    {
        if (parsed.TryGetValue(id, out var known) && known.Json == json)
            return known.Rule;
        using var document = JsonDocument.Parse(json);
        var rule = RuleJson.Read(document.RootElement);
        parsed[id] = (json, rule);
        return rule;
    }

    private sealed record Row(Guid Id, string Key, string Rule, int Version, int AppliedVersion);

    private const string ReadSql = """
        select id, key, rule::text as rule, version, applied_version from segments where rule is not null and not deleting order by id
        """;
}
