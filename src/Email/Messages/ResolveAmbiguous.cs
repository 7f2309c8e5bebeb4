using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Messages;

/// <param name="Action">resend: they leave (perhaps a second time, with the same Message-ID). skip: they stay as they are.</param>
/// <param name="Ids">Which; default all that are ambiguous.</param>
/// <param name="Send">Only those of this send.</param>
internal sealed record ResolveAmbiguousRequest(string? Action, IReadOnlyList<Guid>? Ids, Guid? Send);

internal sealed record ResolvedMails(string Action, int Mails);

/// <summary><c>POST /api/v1/messages/ambiguous</c>: a person decides about mails that may or may not have left.</summary>
internal static class ResolveAmbiguous
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Messages + "/ambiguous", HandleAsync)
            .RequireScope(Scope.Write)
            .WithName("resolveAmbiguousMessages")
            .WithSummary("Sends mails again that may have left already, or lets them rest.");

    internal static async Task<IResult> HandleAsync(
        ResolveAmbiguousRequest request,
        EmailDatabase db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (request.Action is not ("resend" or "skip"))
            return Problem.Invalid(new FieldError("action", "Give resend or skip."));
        var rows = await db.QueryAsync<Guid>(
            request.Action == "resend" ? ResendSql : SkipSql,
            new
            {
                Ids = request.Ids?.ToArray(),
                request.Send,
                Now = clock.GetUtcNow(),
            },
            ct
        );
        return TypedResults.Ok(new ResolvedMails(request.Action, rows.Count));
    }

    private const string Chosen = """
        status = 'ambiguous' and (@Ids::uuid[] is null or id = any(@Ids)) and (@Send::uuid is null or send_id = @Send)
        """;

    // A send that was through opens again for them; a cancelled one stays closed.
    private const string ResendSql = $"""
        with chosen as (
            select id, send_id from mails where {Chosen}
                and not exists (select from sends where sends.id = mails.send_id and sends.status = 'cancelled')
        ), reopened as (
            update sends set status = 'sending', ended_at = null where status = 'done' and id in (select send_id from chosen)
        ), told as (
            select pg_notify('mails_queued', '')
        )
        update mails set status = 'queued', resolution = 'resent', reason = null, next_attempt_at = @Now, due_at = @Now,
            handed_over_at = null, claimed_by = null
        from chosen, told where mails.id = chosen.id and mails.status = 'ambiguous'
        returning mails.id
        """;

    private const string SkipSql = $"update mails set resolution = 'skipped' where {Chosen} returning id";
}
