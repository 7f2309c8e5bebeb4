using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.AdOptimization.Incrementality;

/// <summary>Asks Segmentation for all members of a segment. While it is away no hold-out is planned, rather than a smaller one.</summary>
internal sealed class SegmentClient(HttpClient http)
{
    public async Task<(IReadOnlyList<Guid>? Members, ProblemHttpResult? Problem)> ReadAsync(string segment, CancellationToken ct)
    {
        List<Guid> members = [];
        string? cursor = null;
        try
        {
            do
            {
                var path = $"{Routes.Segments}/{Uri.EscapeDataString(segment)}/members?limit=1000";
                if (cursor is not null)
                    path += "&cursor=" + Uri.EscapeDataString(cursor);
                using var response = await http.GetAsync(new Uri(path, UriKind.Relative), ct);
                if (response.StatusCode == HttpStatusCode.NotFound)
                    return (
                        null,
                        Problem.Invalid(new FieldError("segment", $"There is no segment '{segment}'; GET {Routes.Segments} lists them."))
                    );
                response.EnsureSuccessStatusCode();
                var page = await response.Content.ReadFromJsonAsync<Page<Member>>(Json.Options, ct);
                members.AddRange(page!.Items.Select(member => member.CustomerId));
                cursor = page.NextCursor;
            } while (cursor is not null);
            return (members, null);
        }
        catch (HttpRequestException)
        {
            return (
                null,
                Problem.Of(
                    StatusCodes.Status503ServiceUnavailable,
                    "segments-away",
                    "The segment's members cannot be read now",
                    "Segmentation does not answer. Nothing was drawn: try again in a moment."
                )
            );
        }
    }

    private sealed record Member(Guid CustomerId);
}
