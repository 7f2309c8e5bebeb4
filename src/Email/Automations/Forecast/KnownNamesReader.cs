using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Segments;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Forecast;

/// <summary>Asks who knows: Segmentation, Customers, and this service's own tables.</summary>
internal sealed class KnownNamesReader(
    EmailDatabase db,
    AutomationStore store,
    SegmentClient segments,
    ShopEvents shopEvents,
    IOptions<EmailOptions> options,
    TimeProvider clock
)
{
    // The profiles that changed last: what a shop sends today.
    private const int ProfilesRead = 10_000;

    /// <param name="mentions">Only what is named is asked for.</param>
    public async Task<KnownNames> ReadAsync(IReadOnlyList<Mention> mentions, CancellationToken ct)
    {
        bool Has(params Named[] what) => mentions.Any(mention => what.Contains(mention.What));
        var others = Has(Named.Trait, Named.Audience, Named.LeftAudience)
            ? (await store.AllAsync(ct)).SelectMany(stored => AutomationParser.Parse(stored.Content).Mentions).ToArray()
            : [];
        IEnumerable<string> OfOthers(Named what) => others.Where(mention => mention.What == what).Select(mention => mention.Name);
        return new(
            Has(Named.Segment) ? await Patience.WithinAsync(options.Value.NamesTimeout, clock, segments.KeysAsync, () => null, ct) : null,
            mentions.Any(mention => mention.What == Named.Event && !EventNames.OfThePlatform.Contains(mention.Name))
                ? await EventsAsync(ct)
                : null,
            Has(Named.Trait) ? [.. await TraitsAsync(ct), .. OfOthers(Named.GivenTrait)] : null,
            Has(Named.Audience, Named.LeftAudience) ? [.. OfOthers(Named.Audience).Distinct()] : null
        );
    }

    private async Task<string[]?> EventsAsync(CancellationToken ct) =>
        await shopEvents.ReadAsync(null, ct) is { } report ? [.. EventNames.OfThePlatform, .. report.Names.Select(one => one.Name)] : null;

    private Task<IReadOnlyList<string>> TraitsAsync(CancellationToken ct) =>
        db.QueryAsync<string>(
            """
            select distinct trait from (
                select traits || given_traits as traits from recipients
                where traits <> '{}' or given_traits <> '{}' order by profile_at desc nulls last limit @ProfilesRead
            ) as latest, jsonb_object_keys(latest.traits) as trait
            order by trait limit 1000
            """,
            new { ProfilesRead },
            ct
        );
}
