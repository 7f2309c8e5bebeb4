using System.Diagnostics;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Collect;

/// <summary>
/// The public collect API, compatible with the Segment HTTP API. Answered after the commit. A call that cannot be used does not harm its
/// neighbours: it is kept with its reason, and named in the answer.
/// </summary>
internal static class CollectRoutes
{
    private const int MaxBatchBytes = 500 * 1024;

    public static void Map(IEndpointRouteBuilder root)
    {
        // Segment's libraries for browsers and phones name the calls by their first letters.
        foreach (var kind in ReadCall.Kinds)
        foreach (var name in new[] { kind, kind[..1] })
            MapPath(name, (HttpRequest request, CollectServices services, CancellationToken ct) => One(kind, request, services, ct));
        foreach (var name in new[] { "batch", "b", "import" })
            MapPath(name, Batch);

        void MapPath(string name, Delegate handler)
        {
            var path = root.MapPost($"{Routes.Collect}/{name}", handler)
                .RequireScope(Scope.Collect)
                .WithMetadata(new RequestSize(MaxBatchBytes));
            if (name.Length == 1)
                path.ExcludeFromDescription();
        }
    }

    private static async Task<IResult> One(string kind, HttpRequest request, CollectServices services, CancellationToken ct)
    {
        using var body = await ReadAsync(request, ct);
        return await services.StoreAsync([body.Root], kind, null, SenderOf(request));
    }

    private static async Task<IResult> Batch(HttpRequest request, CollectServices services, CancellationToken ct)
    {
        using var body = await ReadAsync(request, ct);
        var root = body.Root;
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("batch", out var batch)
            || batch.ValueKind != JsonValueKind.Array
        )
            return Problem.Invalid(new FieldError("batch", "Send an object with 'batch', an array of calls."));
        // Every call of the batch inherits it.
        if (root.TryGetProperty("context", out var context) && Storable.Check(context, services.MaxEventBytes) is { } unstorable)
            return Problem.Invalid(new FieldError("context", unstorable.Detail));
        return await services.StoreAsync([.. batch.EnumerateArray()], null, root, SenderOf(request));
    }

    /// <summary>Only browsers say of which page they are.</summary>
    private static Sender SenderOf(HttpRequest request) =>
        new(
            Activity.Current?.Id,
            request.HttpContext.User.May(Scope.Write),
            request.Headers.Origin.Count > 0 ? ClientAddress.Of(request.HttpContext) : null
        );

    private static Task<SafeJson> ReadAsync(HttpRequest request, CancellationToken ct) =>
        SafeJson.ReadAsync(request.Body, request.ContentLength is <= MaxBatchBytes and var length ? (int)length : null, MaxBatchBytes, ct);

    private sealed record RequestSize(long? MaxRequestBodySize) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata;
}

/// <summary>From bodies to the writer and back to an answer.</summary>
internal sealed class CollectServices(CollectWriter writer, IOptions<CustomersOptions> options, TimeProvider clock)
{
    public int MaxEventBytes => options.Value.MaxEventBytes;

    /// <param name="kind">Where the path names it: the one call is the whole body then.</param>
    public async Task<IResult> StoreAsync(IReadOnlyList<JsonElement> bodies, string? kind, JsonElement? batch, Sender sender)
    {
        var now = clock.GetUtcNow();
        var calls = new List<Call>(bodies.Count);
        var rejected = new List<RejectedCall>();
        for (var i = 0; i < bodies.Count; i++)
        {
            var (call, rejection) = ReadCall.From(bodies[i], i, kind, batch, now, options.Value.MaxEventBytes, sender);
            if (call is not null)
                calls.Add(call);
            else
                rejected.Add(rejection!);
        }
        if (!writer.TryWrite(new Arrival(calls, rejected, now), out var stored))
            return new TryLater();
        // Also when the caller hangs up: the calls are read from the body's memory until they are stored.
        await stored;
        if (kind is not null && rejected is [{ Reason: Storable.TooLarge } large])
            return Problem.Of(StatusCodes.Status413PayloadTooLarge, Storable.TooLarge, "The call is too large", large.Detail);
        return TypedResults.Ok(
            new Answer(
                true,
                rejected.Count == 0 ? null : [.. rejected.Select(r => new AnswerRejection(r.Index, r.MessageId, r.Reason, r.Detail))]
            )
        );
    }

    private sealed record Answer(bool Success, IReadOnlyList<AnswerRejection>? Rejected);

    private sealed record AnswerRejection(int Index, string? MessageId, string Reason, string Detail);

    /// <summary>More arrives than can be stored: the sender is to wait, its message ids make sending again harmless.</summary>
    private sealed class TryLater : IResult
    {
        private const int Seconds = 1;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = $"{Seconds}";
            return Problem
                .Of(
                    429,
                    "too-many-requests",
                    "Too many requests",
                    $"Wait {Seconds} second, then send the request again; nothing of it was stored."
                )
                .ExecuteAsync(httpContext);
        }
    }
}
