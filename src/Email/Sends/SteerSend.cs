using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Sends;

/// <summary>What somebody wants of a send.</summary>
internal enum SendWish
{
    Pause,
    Resume,
    Cancel,
}

/// <summary>
/// <c>POST /api/v1/sends/{id}/pause|resume|cancel</c>. It counts from the moment of the answer: each hand-over looks at the send's row, so
/// only mails that a server was already taking still leave. None is lost: a paused mail stays in the queue.
/// </summary>
internal static class SteerSend
{
    public static void Map(IEndpointRouteBuilder root)
    {
        foreach (var wish in Enum.GetValues<SendWish>())
        {
            var name = wish.ToString().ToLowerInvariant();
            root.MapPost(
                    Routes.Sends + "/{id:guid}/" + name,
                    (Guid id, EmailDatabase db, SendViews views, TimeProvider clock, CancellationToken ct) =>
                        HandleAsync(id, wish, db, views, clock, ct)
                )
                .RequireScope(Scope.Write)
                .WithName(name + "Send")
                .WithSummary($"{wish}s a send at once.");
        }
    }

    internal static async Task<IResult> HandleAsync(
        Guid id,
        SendWish wish,
        EmailDatabase db,
        SendViews views,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        string? status;
        await using (var work = await db.BeginAsync(ct))
        {
            status = await work.QuerySingleOrDefaultAsync<string>(
                "select status from sends where id = @Id for update",
                new { Id = id },
                ct
            );
            if (status is null)
                return ListSends.NotFound();
            if (Decide(status, wish) is not { } next)
                return Problem.Of(
                    StatusCodes.Status409Conflict,
                    "send-ended",
                    $"The send is {status}",
                    "A send that has ended cannot be changed: create a new one; who had the campaign's mail does not get it again."
                );
            if (next != status)
                await work.ExecuteAsync(
                    StatusSql,
                    new
                    {
                        Id = id,
                        Status = next,
                        Now = now,
                    },
                    ct
                );
            await work.CommitAsync(ct);
        }
        // Only now, when every hand-over sees the new status: a mail that goes back to the queue meanwhile is caught as well.
        if (wish == SendWish.Cancel)
            await db.ExecuteAsync(
                "update mails set status = 'suppressed', reason = 'cancelled' where send_id = @Id and status = 'queued'",
                new { Id = id },
                ct
            );
        if (wish == SendWish.Resume)
            await db.ExecuteAsync(
                "update mails set due_at = @Now where send_id = @Id and status = 'queued'; notify mails_queued",
                new { Id = id, Now = now },
                ct
            );
        return TypedResults.Ok(await views.FindAsync(id, ct));
    }

    /// <returns>The new status, the same for a wish that is fulfilled already, or null where it cannot be.</returns>
    internal static string? Decide(string status, SendWish wish) =>
        (status, wish) switch
        {
            ("sending" or "paused", SendWish.Pause) => "paused",
            ("sending" or "paused", SendWish.Resume) => "sending",
            ("sending" or "paused" or "cancelled", SendWish.Cancel) => "cancelled",
            _ => null,
        };

    private const string StatusSql = """
        update sends set status = @Status,
            reason = null,
            resumed_at = case when @Status = 'sending' then @Now else resumed_at end,
            ended_at = case when @Status = 'cancelled' then @Now else ended_at end
        where id = @Id
        """;
}
