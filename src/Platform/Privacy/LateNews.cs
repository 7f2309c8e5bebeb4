using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;

namespace MarketingPlatform.Platform.Privacy;

/// <summary>
/// Counts what comes over the bus about people who were erased; the service's own statements drop it (<c>platform.is_erased(id)</c>). An
/// element of a list is one event, and so is a message without one.
/// </summary>
internal static class LateNews
{
    /// <summary>Who publishes takes erased people out of what waits, so only what was on its way then can name one: for so long at most.</summary>
    private static readonly TimeSpan Straggling = TimeSpan.FromDays(1);

    private static readonly ConcurrentDictionary<Type, Parts> Known = new();

    /// <param name="lastErasure">Null: nobody ever.</param>
    public static async Task<int> CountAsync<TMessage>(
        UnitOfWork work,
        IReadOnlyList<Received<TMessage>> news,
        DateTimeOffset? lastErasure,
        CancellationToken ct
    )
        where TMessage : class
    {
        if (lastErasure is not { } last || Subscriptions.AboutErasure.Contains(typeof(TMessage)))
            return 0;
        var events = news.Where(message => message.SentAt < last + Straggling)
            .SelectMany(message => EventsOf(message.Message))
            .Where(ids => ids.Count > 0)
            .ToArray();
        var named = events.SelectMany(ids => ids).ToHashSet();
        if (named.Count == 0)
            return 0;
        var erased = (
            await work.QueryAsync<Guid>(
                "select id from unnest(@Ids::uuid[]) as named (id) where platform.is_erased(id)",
                new { Ids = named.ToArray() },
                ct
            )
        ).ToHashSet();
        return erased.Count == 0 ? 0 : events.Count(ids => ids.Any(erased.Contains));
    }

    /// <returns>The ids that each event of a message names.</returns>
    internal static IEnumerable<IReadOnlyList<Guid>> EventsOf(object message)
    {
        var parts = PartsOf(message.GetType());
        var lists = parts.Lists.SelectMany(list => ((IEnumerable?)list.GetValue(message))?.Cast<object>() ?? []).ToArray();
        yield return IdsOf(message, parts);
        foreach (var item in lists)
            yield return IdsOf(item, PartsOf(item.GetType()));
    }

    private static List<Guid> IdsOf(object of, Parts parts) => [.. parts.Ids.Select(id => id.GetValue(of)).OfType<Guid>()];

    private static Parts PartsOf(Type type) =>
        Known.GetOrAdd(
            type,
            static type =>
            {
                var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(property => property.GetIndexParameters().Length == 0)
                    .ToArray();
                return new Parts(
                    [
                        .. properties.Where(property =>
                            (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(Guid)
                        ),
                    ],
                    [
                        .. properties.Where(property =>
                            ElementOf(property.PropertyType) is { IsClass: true } element && element != typeof(string)
                        ),
                    ]
                );
            }
        );

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private sealed record Parts(PropertyInfo[] Ids, PropertyInfo[] Lists);
}
