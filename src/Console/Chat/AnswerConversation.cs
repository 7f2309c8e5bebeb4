using System.Text.Json.Nodes;
using MarketingPlatform.Console.Api;
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
            root.MapForm(Paths.Chat + "/{id:guid}/" + what, (Guid id, [AsParameters] FormCall call) => HandleAsync(id, what, done, call))
                .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
    }

    private static async Task<IResult> HandleAsync(Guid id, string what, string done, FormCall call)
    {
        var (page, agent) = ($"{Paths.Chat}/{id}", call.Context.User.NameOfUser());
        var form = await call.ReadAsync();
        var answer = await call.TryAsync<JsonNode>(
            ("conversation." + what, id.ToString(), ""),
            HttpMethod.Post,
            $"{Routes.Chat}/conversations/{id}/{what}",
            new { agent, text = what == "reply" ? Field.Of(form, "text", Longest) : null }
        );
        return answer.Failure switch
        {
            null => Forms.Done(call.Context, page, done),
            { Kind: FailureKind.Missing } => call.Refused(Paths.Chat, "The conversation is gone."),
            var failure => call.Refused(page, failure.Message),
        };
    }
}
