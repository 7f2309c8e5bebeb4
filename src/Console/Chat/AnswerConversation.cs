using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Chat;

/// <summary>
/// <c>POST /console/chat/{id}/take|reply|return</c>: a person answers a visitor, under the name they signed in with. What was said stands in the
/// conversation; the audit log says that it was done.
/// </summary>
internal static class AnswerConversation
{
    private const int Longest = 4_000;

    public static void Map(IEndpointRouteBuilder root)
    {
        foreach (
            var (what, done) in new[]
            {
                ("take", "The conversation is yours."),
                ("reply", "Sent."),
                ("return", "The assistant has it again."),
            }
        )
            root.MapForm(
                    Paths.Chat + "/{id:guid}/" + what,
                    (Guid id, HttpContext context, PlatformApi api, ConsoleDatabase database, TimeProvider clock) =>
                        HandleAsync(id, what, done, context, api, database, clock)
                )
                .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
    }

    private static async Task<IResult> HandleAsync(
        Guid id,
        string what,
        string done,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var (page, agent) = ($"{Paths.Chat}/{id}", context.User.NameOfUser());
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var answer = await AuditLog.AroundAsync(
            database,
            new AuditEntry(agent, "conversation." + what, id.ToString(), ""),
            clock,
            () =>
                api.SendAsync(
                    context.User.RoleOf()!.Value,
                    HttpMethod.Post,
                    $"{Routes.Chat}/conversations/{id}/{what}",
                    new { agent, text = what == "reply" ? Field.Of(form, "text", Longest) : null },
                    context.RequestAborted
                ),
            answer => answer.Ok,
            context.RequestAborted
        );
        return answer.Failure switch
        {
            null => Forms.Done(context, page, done),
            { Kind: FailureKind.Missing } => Forms.Failed(context, Paths.Chat, "The conversation is gone."),
            var failure => Forms.Failed(context, page, failure.Message),
        };
    }
}
