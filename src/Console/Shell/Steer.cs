using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;

namespace MarketingPlatform.Console.Shell;

/// <summary>
/// Buttons that each say one wish about one thing: <c>POST {Pages}/{id}/{wish}</c> asks the platform <c>POST {Route}/{id}/{wish}</c>, writes
/// it down, and goes back to the thing's page with a note.
/// </summary>
/// <param name="Noun">In the audit log, before the wish: <c>campaign.pause</c>.</param>
/// <param name="Notes">What is said once a wish is done, by wish.</param>
internal sealed record Steer(string Noun, string Pages, string Route, IReadOnlyDictionary<string, string> Notes)
{
    /// <value>What the platform is told beside the wish. Default: nothing.</value>
    public Func<string, IFormCollection, object?> Body { get; init; } = (_, _) => null;

    public void Map(IEndpointRouteBuilder root)
    {
        foreach (var wish in Notes.Keys)
            root.MapForm($"{Pages}/{{id}}/{wish}", (string id, [AsParameters] FormCall call) => HandleAsync(id, wish, call))
                .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));
    }

    private async Task<IResult> HandleAsync(string id, string wish, FormCall call)
    {
        var form = await call.ReadAsync();
        var path = Uri.EscapeDataString(id);
        return await call.AskAsync(
            $"{Pages}/{path}",
            ($"{Noun}.{wish}", id, wish),
            HttpMethod.Post,
            $"{Route}/{path}/{wish}",
            Body(wish, form),
            Notes[wish]
        );
    }
}
