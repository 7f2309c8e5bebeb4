using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Segmentation.Segments;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Segmentation.Channels;

/// <param name="Days">How far back touches, orders and spend were looked at.</param>
/// <param name="Currency">Of all money; orders and spend in other currencies are left out.</param>
/// <param name="Best">For each segment the channel to reach it by.</param>
internal sealed record ChannelsView(
    int Days,
    int WindowDays,
    string Currency,
    double Confidence,
    IReadOnlyList<BestChannel> Best,
    IReadOnlyList<ChannelCell> Cells
)
{
    /// <summary>One segment's part; all are computed, for small segments are drawn towards the others.</summary>
    public ChannelsView Of(string? segment) =>
        segment is null
            ? this
            : this with
            {
                Best = [.. Best.Where(b => b.Segment == segment)],
                Cells = [.. Cells.Where(c => c.Segment == segment)],
            };
}

/// <summary>
/// What each channel does in each segment of the shop, from events that say their channel (mails among them), orders and spend
/// (<see cref="ChannelTable"/>).
/// </summary>
internal static class ShowChannels
{
    public const int Days = 90;
    private const int WindowDays = 30;
    private const double Confidence = 0.9;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Segments + "/channels", Handle)
            .RequireScope(Scope.Read)
            .WithName("showChannelEffectiveness")
            .WithSummary("Reach, engagement, conversion, revenue and cost of each channel in each segment, and the best channel of each.");

    internal static async Task<Results<Ok<ChannelsView>, ProblemHttpResult>> Handle(
        int? days,
        string? segment,
        SegmentationDatabase db,
        MeasuredChannels measured,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (days is < 1 or > 400)
            return Problem.Invalid(new FieldError("days", "Give a whole number from 1 to 400."));
        var kept = days is null or Days ? await measured.ReadAsync(laterPage: false, ct) : null;
        await using var work = await db.BeginAsync(ct);
        string? key = null;
        if (segment is not null)
        {
            if (await ShowSegment.FindAsync(work, segment, ct) is not { } found)
                return ShowSegment.NotFound(segment);
            key = found.Key;
        }
        var view = kept ?? await ReadAsync(work, days!.Value, shop.Value, clock.GetUtcNow(), ct);
        return TypedResults.Ok(view.Of(key));
    }

    internal static async Task<ChannelsView> ReadAsync(UnitOfWork work, int days, Shop shop, DateTimeOffset now, CancellationToken ct)
    {
        var window = TimeSpan.FromDays(WindowDays);
        var (tally, spend) = await ChannelTable.ReadAsync(work, days, window, shop, now, ct);
        var cells = ChannelEffectiveness.Of(tally, spend, Confidence);
        return new ChannelsView(days, WindowDays, shop.Currency, Confidence, ChannelEffectiveness.Best(cells), cells);
    }
}
