using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>Body of <c>POST /api/v1/ads/audience-hold-outs</c>.</summary>
/// <param name="Segment">Key of a segment; those of its members are drawn who agreed to be in audiences for ads: nobody else's id may be given
/// to an ad platform, not even to be excluded.</param>
/// <param name="HeldShare">Of them; half unless said.</param>
/// <param name="DaysBefore">Days before whose revenue tells members apart; 28 unless said.</param>
internal sealed record AudienceHoldOutRequest(
    string? Name,
    string? Channel,
    string? Segment,
    string? Currency,
    double? HeldShare,
    DateOnly? StartsOn,
    DateOnly? EndsOn,
    int? DaysBefore
);

/// <summary>
/// <c>POST /api/v1/ads/audience-hold-outs</c> draws members of a segment, by a hash of hold-out and customer, who shall see no ads of a channel.
/// To exclude them there is up to whoever runs the campaigns: <c>GET …/{id}/members?part=held</c> lists them.
/// </summary>
internal static class PlanAudienceHoldOut
{
    /// <summary>In each part; fewer tell nothing of revenue.</summary>
    internal const int FewestMembers = 100;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Ads + "/audience-hold-outs", Handle)
            .RequireScope(Scope.Write)
            .WithName("planAdAudienceHoldOut")
            .WithSummary("Draws members of a segment who see no ads of a channel for a while, to measure what its ads cause.");

    private static async Task<Results<Created<AudienceHoldOutView>, ProblemHttpResult>> Handle(
        AudienceHoldOutRequest request,
        AdsDatabase db,
        SegmentClient segments,
        IOptions<Shop> shop,
        ShopDay day,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (Check(request, day.Today) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        var (members, problem) = await segments.ReadAsync(request.Segment!.Trim(), ct);
        if (members is null)
            return problem!;
        var now = clock.GetUtcNow();
        var row = new AudienceHoldOutRow
        {
            Id = Guid.CreateVersion7(now),
            Name = request.Name!.Trim(),
            Channel = PerformanceRules.ChannelOf(request.Channel!),
            Segment = request.Segment!.Trim(),
            Currency = (request.Currency ?? shop.Value.Currency).ToUpperInvariant(),
            HeldShare = request.HeldShare ?? 0.5,
            StartsOn = request.StartsOn!.Value,
            EndsOn = request.EndsOn!.Value,
            DaysBefore = request.DaysBefore ?? 28,
            CreatedAt = now,
        };
        await using var work = await db.BeginAsync(ct);
        await work.ExecuteAsync(AdsDatabase.SharedWithErasure, null, ct);
        var agreed = await work.QueryAsync<Guid>(AgreedSql, new { Members = members.ToArray() }, ct);
        var held = Draw(row, agreed);
        var fewest = Math.Min(held.Count(h => h), held.Count(h => !h));
        if (fewest < FewestMembers)
            return Problem.Of(
                409,
                "too-few-members",
                "The segment is too small for a hold-out",
                $"{agreed.Count} of the {members.Count} members of '{row.Segment}' agreed to be in audiences for ads; the smaller part would have "
                    + $"{fewest} of them, and {FewestMembers} are needed. Take a larger segment, or a share nearer to one half."
            );
        await work.ExecuteAsync(InsertSql, row, ct);
        await work.ExecuteAsync(
            MembersSql,
            new
            {
                row.Id,
                Customers = agreed.ToArray(),
                Held = held,
            },
            ct
        );
        await work.CommitAsync(ct);
        var view = (row with { Exposed = held.Count(h => !h), Held = held.Count(h => h) }).ToView();
        return TypedResults.Created($"{Routes.Ads}/audience-hold-outs/{row.Id}", view);
    }

    /// <returns>For each member whether it is held: always the same for the same hold-out and customer.</returns>
    internal static bool[] Draw(AudienceHoldOutRow test, IReadOnlyList<Guid> members)
    {
        var holdOut = new Experimentation.Assignment.HoldOut(test.Id.ToString(), test.HeldShare);
        return [.. members.Select(m => holdOut.Holds(m.ToString()))];
    }

    internal static List<FieldError> Check(AudienceHoldOutRequest request, DateOnly today)
    {
        List<FieldError> errors = [];
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 200)
            errors.Add(new("name", "Give a name of at most 200 characters."));
        if (string.IsNullOrWhiteSpace(request.Channel) || request.Channel.Length > 100)
            errors.Add(new("channel", "Give the channel as performance rows name it."));
        if (string.IsNullOrWhiteSpace(request.Segment) || request.Segment.Length > 200)
            errors.Add(new("segment", $"Give the key of a segment; GET {Routes.Segments} lists them."));
        if (request.Currency is { } currency && !PerformanceRules.IsCurrency(currency))
            errors.Add(new("currency", "Give an ISO 4217 code such as EUR."));
        if (request.HeldShare is { } share && !(share is > 0 and < 1))
            errors.Add(new("heldShare", "Give a share between 0 and 1: 0.5 holds half of the members."));
        if (request.StartsOn is not { } first || first < today)
            errors.Add(new("startsOn", $"Give a day from today on ({today:yyyy-MM-dd}): who was shown ads already cannot be held."));
        else if (request.EndsOn is not { } last || last.DayNumber - first.DayNumber is < 6 or > 364)
            errors.Add(new("endsOn", "Give startsOn and endsOn, 7 to 365 days in all: weekdays differ."));
        if (request.DaysBefore is < 7 or > 365)
            errors.Add(new("daysBefore", "Give days from 7 to 365."));
        return errors;
    }

    // The person's newest word on it over all its ids, as for other audiences; one id a person.
    private const string AgreedSql = """
        with people as (
            select distinct coalesce(m.root_id, c.id) as person
            from unnest(@Members::uuid[]) as c (id) left join merges m on m.from_id = c.id
            where not is_erased(c.id)
        ), ids as (
            select person, person as id from people
            union
            select p.person, m.from_id from people p join merges m on m.root_id = p.person
        ), said as (
            select distinct on (person) person, granted
            from ids join consents c on c.customer_id = ids.id
            order by person, c.at desc, c.granted
        )
        select person from said where granted order by person
        """;

    private const string InsertSql = """
        insert into audience_hold_outs (id, name, channel, segment, currency, held_share, starts_on, ends_on, days_before, created_at)
        values (@Id, @Name, @Channel, @Segment, @Currency, @HeldShare, @StartsOn, @EndsOn, @DaysBefore, @CreatedAt)
        """;

    private const string MembersSql = """
        insert into audience_hold_out_members (hold_out_id, customer_id, held)
        select @Id, c, h from unnest(@Customers::uuid[], @Held::boolean[]) as m (c, h)
        """;
}
