using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>Asks Segmentation for all members of a segment. While it is away no hold-out is planned, rather than a smaller one.</summary>
internal sealed class SegmentClient(HttpClient http)
{
    private static ProblemHttpResult Away =>
        Problem.Of(
            StatusCodes.Status503ServiceUnavailable,
            "segments-away",
            "The segment's members cannot be read now",
            "Segmentation does not answer. Nothing was drawn: try again in a moment."
        );

    public async Task<(IReadOnlyList<Guid>? Members, ProblemHttpResult? Problem)> ReadAsync(string segment, CancellationToken ct)
    {
        var (members, problem) = await WholeList.ReadAsync<Member>(
            http,
            $"{Routes.Segments}/{Uri.EscapeDataString(segment)}/members",
            new FieldError("segment", $"There is no segment '{segment}'; GET {Routes.Segments} lists them."),
            Away,
            ct
        );
        return (members?.Select(member => member.CustomerId).ToArray(), problem);
    }

    private sealed record Member(Guid CustomerId);
}
