using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Polly;

namespace MarketingPlatform.Platform.Http;

/// <summary>Reads a cursor-paged list of another service to its end: who acts upon a list needs the whole of it, or none.</summary>
public static class WholeList
{
    private const int PageSize = 1000;

    /// <param name="http">Made by <c>AddServiceClient</c>, with the resilience that suits the call.</param>
    /// <param name="path">Of the list, with its filters; how many a page is stated here.</param>
    /// <param name="unknown">The answer where the service has no such list (404): the field that named it, and what to do.</param>
    /// <param name="away">The answer where a page cannot be had: an error, a time-out, an open circuit breaker, what is no page.</param>
    /// <returns>All items in their order, or the problem.</returns>
    public static async Task<(IReadOnlyList<T>? Items, ProblemHttpResult? Problem)> ReadAsync<T>(
        HttpClient http,
        string path,
        FieldError unknown,
        ProblemHttpResult away,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(path);
        var list = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={PageSize}";
        List<T> items = [];
        string? cursor = null;
        try
        {
            do
            {
                var page = cursor is null ? list : $"{list}&cursor={Uri.EscapeDataString(cursor)}";
                using var response = await http.GetAsync(new Uri(page, UriKind.Relative), ct);
                if (response.StatusCode == HttpStatusCode.NotFound)
                    return (null, Problem.Invalid(unknown));
                response.EnsureSuccessStatusCode();
                var found = await response.Content.ReadFromJsonAsync<Page<T>>(Json.Options, ct);
                items.AddRange(found?.Items ?? throw new JsonException("A page without items."));
                cursor = found.NextCursor;
            } while (cursor is not null);
            return (items, null);
        }
        catch (Exception e)
            when (e is HttpRequestException or ExecutionRejectedException or JsonException
                || (e is OperationCanceledException && !ct.IsCancellationRequested)
            )
        {
            return (null, away);
        }
    }
}
