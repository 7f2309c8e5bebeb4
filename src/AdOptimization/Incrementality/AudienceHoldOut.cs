using System.Text.Json;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>As the table has it, with how many were drawn.</summary>
internal sealed record AudienceHoldOutRow
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string Channel { get; init; } = "";
    public string Segment { get; init; } = "";
    public string Currency { get; init; } = "";
    public double HeldShare { get; init; }
    public DateOnly StartsOn { get; init; }
    public DateOnly EndsOn { get; init; }
    public int DaysBefore { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public string? Result { get; init; }
    public DateTimeOffset? AnalysedAt { get; init; }
    public int Exposed { get; init; }
    public int Held { get; init; }

    public const string Select = """
        select h.id, name, channel, segment, currency, held_share, starts_on, ends_on, days_before, created_at, result::text as result,
            analysed_at, m.exposed, m.held
        from audience_hold_outs h
        cross join lateral (
            select count(*) filter (where not held)::int as exposed, count(*) filter (where held)::int as held
            from audience_hold_out_members where hold_out_id = h.id
        ) m
        """;

    public AudienceHoldOutView ToView() =>
        new(
            Id,
            Name,
            Channel,
            Segment,
            Currency,
            HeldShare,
            StartsOn,
            EndsOn,
            DaysBefore,
            Exposed,
            Held,
            CreatedAt,
            Result is null ? null : JsonSerializer.Deserialize<AudienceResult>(Result, Json.Options),
            AnalysedAt
        );
}

/// <param name="Exposed">Members who see the channel's ads; <paramref name="Held"/> ones see none. Both as they were drawn.</param>
/// <param name="Result">By the days that are over; null before there is one.</param>
internal sealed record AudienceHoldOutView(
    Guid Id,
    string Name,
    string Channel,
    string Segment,
    string Currency,
    double HeldShare,
    DateOnly StartsOn,
    DateOnly EndsOn,
    int DaysBefore,
    int Exposed,
    int Held,
    DateTimeOffset CreatedAt,
    AudienceResult? Result,
    DateTimeOffset? AnalysedAt
);
