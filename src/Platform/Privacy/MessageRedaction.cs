using System.Text.RegularExpressions;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Platform.Privacy;

/// <summary>Takes erased people out of messages that wait: to be published, or to be handled again.</summary>
internal static partial class MessageRedaction
{
    public static readonly IReadOnlyList<string> Tables = ["platform.outbox", "platform.failed_messages"];

    private static readonly string[] Kept = [.. Subscriptions.AboutErasure.Select(MessageTypes.NameOf)];

    /// <returns>How many messages named the person.</returns>
    public static async Task<long> ForgetAsync(UnitOfWork work, string table, PersonTraces traces, CancellationToken ct)
    {
        var candidates = await work.QueryAsync<Candidate>(
            $"""
            select m.id::text as id, m.body from {table} m
            where m.type <> all(@Kept)
                and exists (select from unnest(@Hints::text[]) as hint (word) where strpos(lower(m.body), lower(hint.word)) > 0)
            order by m.id for update
            """,
            new { Kept, Hints = traces.Hints.ToArray() },
            ct
        );
        var read = candidates.Select(c => (c.Id, Before: c.Body, After: traces.Without(c.Body))).ToArray();
        var gone = read.Where(m => m.After is null).Select(m => m.Id).ToArray();
        var changed = read.Where(m => m.After is not null && m.After != m.Before).ToArray();
        if (gone.Length > 0)
            await work.ExecuteAsync($"delete from {table} where id::text = any(@Ids)", new { Ids = gone }, ct);
        if (changed.Length > 0)
            await work.ExecuteAsync(
                $"""
                update {table} m set body = n.body from unnest(@Ids::text[], @Bodies::text[]) as n (id, body) where m.id::text = n.id
                """,
                new { Ids = changed.Select(m => m.Id).ToArray(), Bodies = changed.Select(m => m.After).ToArray() },
                ct
            );
        return gone.Length + changed.Length;
    }

    /// <summary>Before a message that failed is kept: nobody in it may have been erased while it was on its way.</summary>
    /// <returns>Null where nothing is left to keep.</returns>
    public static async Task<string?> WithoutErasedAsync(ServiceDatabase database, Type type, string body, CancellationToken ct)
    {
        if (Subscriptions.AboutErasure.Contains(type))
            return body;
        var named = Ids().Matches(body).Select(match => Guid.Parse(match.Value)).Distinct().ToArray();
        var erased = await database.QueryAsync<Guid>(
            "select id from unnest(@Ids::uuid[]) as named (id) where platform.is_erased(id)",
            new { Ids = named },
            ct
        );
        return erased.Count == 0 ? body : new PersonTraces(erased, PersonWords.None).Without(body);
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.IgnoreCase)]
    private static partial Regex Ids();

    private sealed record Candidate(string Id, string Body);
}
