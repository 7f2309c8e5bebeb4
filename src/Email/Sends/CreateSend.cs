using System.Text.Json.Serialization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Email.Sends;

/// <summary>Somebody in the list of a send: a customer, or an address.</summary>
/// <param name="Variables">Values for this mail alone, <c>data.NAME</c> in the content.</param>
internal sealed record SendRecipient(
    Guid? CustomerId,
    string? Email,
    string? Name,
    [property: JsonConverter(typeof(RawJson))] string? Variables
);

/// <summary>Who gets it: exactly one of the three.</summary>
/// <param name="Segment">Key or id of a segment: its members at this moment.</param>
/// <param name="Everyone">All who agreed to marketing mail.</param>
internal sealed record SendAudience(IReadOnlyList<SendRecipient>? Recipients, string? Segment, bool? Everyone);

/// <param name="Campaign">Name under which a person gets this once, over all sends of that name. Default: this send alone.</param>
/// <param name="Occurrence">For campaigns that come again ("2026-11"). Default empty.</param>
/// <param name="Purpose">marketing (default; needs consent) or transactional.</param>
/// <param name="PerMinute">Throttle. Default none.</param>
/// <param name="Ambiguous">skip or resend, for mails that may or may not have left. Default: as the service is configured.</param>
/// <param name="Recommendations">Products asked for each mail, 0 to 12. Default: as the service is configured.</param>
/// <param name="StartAt">When the first mail may leave. Default now.</param>
/// <param name="BestTime">Each person gets it within a day from then on, at the hour at which they most likely open. Default false.</param>
internal sealed record CreateSendRequest(
    string? Campaign,
    string? Occurrence,
    string? Purpose,
    SendAudience? Audience,
    SendContent? Content,
    int? PerMinute,
    string? Ambiguous,
    int? Recommendations,
    DateTimeOffset? StartAt,
    bool? BestTime = null
);

/// <summary>A recipient that gets nothing, and why.</summary>
internal sealed record RefusedRecipient(int Index, string Reason);

/// <param name="Refused">The first of them.</param>
internal sealed record CreatedSend(SendView Send, int RefusedCount, IReadOnlyList<RefusedRecipient> Refused);

/// <summary><c>POST /api/v1/sends</c>: one content to many people, each once.</summary>
internal static class CreateSend
{
    private const int MaxBodyBytes = 64 * 1024 * 1024;
    private const int ShownRefusals = 100;
    private const int MaxPerMinute = 1_000_000;

    /// <summary>Two years: a later year is a slip of the pen.</summary>
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(730);

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Sends, HandleAsync)
            .RequireScope(Scope.Write)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithName("createSend")
            .WithSummary("Sends one content to many people, each once.");

    internal static async Task<IResult> HandleAsync(
        CreateSendRequest request,
        [FromHeader(Name = IdempotencyKeys.Header)] string? idempotencyKey,
        EmailDatabase db,
        MailTemplates templates,
        AudienceReader audiences,
        SendQueue queue,
        SendViews views,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        FieldError[] errors = [.. Check(request, templates, clock.GetUtcNow())];
        if (errors.Length > 0)
            return Problem.Invalid(errors);
        var (audience, problem) = await audiences.ReadAsync(request.Audience!, ct);
        if (problem is not null)
            return problem;
        if (audience!.Members.Count == 0)
            return Problem.Of(
                StatusCodes.Status422UnprocessableEntity,
                "empty-audience",
                "Nobody would get this",
                audience.Refused.Count > 0
                    ? $"None of the {audience.Refused.Count} recipients can be mailed; the first: {audience.Refused[0].Reason}"
                    : "The audience is empty. Give recipients, or a segment that has members."
            );

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var work = await db.BeginAsync(ct);
        var (resource, conflict) = await IdempotencyKeys.ClaimAsync(work, "create-send", idempotencyKey, request, id, now, ct);
        if (conflict is not null)
            return conflict;
        if (resource == id)
        {
            await queue.AddAsync(work, id, request, audience.Members, now, ct);
            await work.CommitAsync(ct);
        }
        var view = await views.FindAsync(resource, ct);
        return TypedResults.Accepted(
            $"{Routes.Sends}/{resource}",
            new CreatedSend(view!, audience.Refused.Count, [.. audience.Refused.Take(ShownRefusals)])
        );
    }

    internal static IEnumerable<FieldError> Check(CreateSendRequest request, MailTemplates templates, DateTimeOffset now)
    {
        foreach (var error in MailFields.CheckLine("campaign", request.Campaign, MailFields.MaxName))
            yield return error;
        foreach (var error in MailFields.CheckLine("occurrence", request.Occurrence, MailFields.MaxName))
            yield return error;
        if (request.Campaign is not null && string.IsNullOrWhiteSpace(request.Campaign))
            yield return new("campaign", "Give a name, or leave it out.");
        if (request.Purpose is not null && !MailPurpose.All.Contains(request.Purpose))
            yield return new("purpose", $"Give one of {string.Join(", ", MailPurpose.All)}.");
        if (request.StartAt is { } start && start > now + MaxAhead)
            yield return new("startAt", $"Give a moment within the next {MaxAhead.Days} days.");
        if (request.PerMinute is < 1 or > MaxPerMinute)
            yield return new("perMinute", $"Give a number from 1 to {MaxPerMinute}.");
        if (request.Ambiguous is not (null or "skip" or "resend"))
            yield return new("ambiguous", "Give skip or resend.");
        if (request.Recommendations is < 0 or > 12)
            yield return new("recommendations", "Give a number from 0 to 12.");
        var audience = request.Audience;
        if ((audience?.Recipients is null ? 0 : 1) + (audience?.Segment is null ? 0 : 1) + (audience?.Everyone is true ? 1 : 0) != 1)
            yield return new("audience", "Give exactly one of recipients, segment and everyone.");
        foreach (var error in MailFields.CheckContent(request.Content, templates, isLiquid: true))
            yield return error;
    }
}
