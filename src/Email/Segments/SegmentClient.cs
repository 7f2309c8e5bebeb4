using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Email.Segments;

/// <summary>Asks Segmentation for all members of a segment. While it is away a send to a segment is refused, not made smaller.</summary>
internal sealed class SegmentClient(HttpClient http)
{
    private static ProblemHttpResult Away =>
        Problem.Of(
            StatusCodes.Status503ServiceUnavailable,
            "segments-away",
            "The segment's members cannot be read now",
            "Segmentation does not answer. Nothing was sent: try again in a moment."
        );

    public Task<(IReadOnlyList<Guid>? Members, ProblemHttpResult? Problem)> ReadAsync(string segment, CancellationToken ct) =>
        ReadAsync(segment, "members", ct);

    /// <returns>Members whom mail reaches best, of the channels that each allows.</returns>
    public Task<(IReadOnlyList<Guid>? Members, ProblemHttpResult? Problem)> ReadReachedByMailAsync(string segment, CancellationToken ct) =>
        ReadAsync(segment, "reach?channel=email", ct);

    /// <returns>Keys of all segments; null while Segmentation is away.</returns>
    public async Task<IReadOnlyList<string>?> KeysAsync(CancellationToken ct)
    {
        var (found, _) = await WholeList.ReadAsync<Segment>(
            http,
            Routes.Segments,
            new FieldError("segments", "There is no list of segments."),
            Away,
            ct
        );
        return found?.Select(segment => segment.Key).ToArray();
    }

    private async Task<(IReadOnlyList<Guid>? Members, ProblemHttpResult? Problem)> ReadAsync(
        string segment,
        string list,
        CancellationToken ct
    )
    {
        var (members, problem) = await WholeList.ReadAsync<Member>(
            http,
            $"{Routes.Segments}/{Uri.EscapeDataString(segment)}/{list}",
            new FieldError("audience.segment", $"There is no segment '{segment}'; GET {Routes.Segments} lists them."),
            Away,
            ct
        );
        return (members?.Select(member => member.CustomerId).ToArray(), problem);
    }

    private sealed record Segment(string Key);

    private sealed record Member(Guid CustomerId);
}
