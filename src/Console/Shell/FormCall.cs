using System.Text.Json.Nodes;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;

namespace MarketingPlatform.Console.Shell;

/// <summary>A form that somebody sent, and what it takes to do in their name what it says.</summary>
internal sealed record FormCall(HttpContext Context, PlatformApi Api, ConsoleDatabase Database, TimeProvider Clock)
{
    public Task<IFormCollection> ReadAsync() => Context.Request.ReadFormAsync(Context.RequestAborted);

    public IResult Refused(string page, string note) => Forms.Failed(Context, page, note);

    /// <summary>Asks the platform by the sender's role, writes it down if it was done, and goes to a page with a note.</summary>
    /// <param name="page">Where the note is read.</param>
    /// <param name="audited">Action, target and what changed, as the audit log tells it.</param>
    /// <param name="done">The note, from what was answered.</param>
    /// <param name="gone">The note where there is nothing at the path; null: the service's own words.</param>
    public async Task<IResult> AskAsync<T>(
        string page,
        (string Action, string Target, string Detail) audited,
        HttpMethod method,
        string path,
        object? body,
        Func<T?, string> done,
        string? gone = null
    )
    {
        var answer = await AuditLog.AroundAsync(
            Database,
            new AuditEntry(Context.User.NameOfUser(), audited.Action, audited.Target, audited.Detail),
            Clock,
            () => Api.SendAsync<T>(Context.User.RoleOf()!.Value, method, path, body, Context.RequestAborted),
            answer => answer.Ok,
            Context.RequestAborted
        );
        return answer.Failure is null
            ? Forms.Done(Context, page, done(answer.Value))
            : Refused(page, answer.IsMissing && gone is not null ? gone : answer.Failure.Message);
    }

    /// <summary>The same where what is answered says nothing.</summary>
    public Task<IResult> AskAsync(
        string page,
        (string Action, string Target, string Detail) audited,
        HttpMethod method,
        string path,
        object? body,
        string done,
        string? gone = null
    ) => AskAsync<JsonNode>(page, audited, method, path, body, _ => done, gone);
}
