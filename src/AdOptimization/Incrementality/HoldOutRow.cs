using System.Text.Json;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>As the table has it; by properties, because Dapper finds no constructor for arrays.</summary>
internal sealed record HoldOutRow
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string Channel { get; init; } = "";
    public string Currency { get; init; } = "";
    public DateOnly StartsOn { get; init; }
    public DateOnly EndsOn { get; init; }
    public int DaysBefore { get; init; }
    public string[] Advertised { get; init; } = [];
    public string[] Held { get; init; } = [];
    public int Seed { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public string? Result { get; init; }
    public DateTimeOffset? AnalysedAt { get; init; }

    public const string Columns =
        "id, name, channel, currency, starts_on, ends_on, days_before, advertised, held, seed, created_at, result::text as result, analysed_at";

    public HoldOut ToTest() => new(Id, Name, Channel, Currency, StartsOn, EndsOn, DaysBefore, Advertised, Held);

    public HoldOutView ToView() =>
        new(
            Id,
            Name,
            Channel,
            Currency,
            StartsOn,
            EndsOn,
            DaysBefore,
            Advertised,
            Held,
            Seed,
            CreatedAt,
            Result is null ? null : JsonSerializer.Deserialize<HoldOutResult>(Result, Json.Options),
            AnalysedAt
        );
}

/// <param name="Advertised">Regions that see the channel's ads; <paramref name="Held"/> ones see none.</param>
/// <param name="Result">By the days that have come; null before there are enough.</param>
internal sealed record HoldOutView(
    Guid Id,
    string Name,
    string Channel,
    string Currency,
    DateOnly StartsOn,
    DateOnly EndsOn,
    int DaysBefore,
    IReadOnlyList<string> Advertised,
    IReadOnlyList<string> Held,
    int Seed,
    DateTimeOffset CreatedAt,
    HoldOutResult? Result,
    DateTimeOffset? AnalysedAt
);
