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

    /// <summary>Asks the platform by the sender's role, and writes it down if it was done.</summary>
    /// <param name="audited">Action, target and what changed, as the audit log tells it.</param>
    /// <param name="version">That the sender saw; "0": there is none yet; null where the call asks for none.</param>
    /// <param name="changed">Whether an answer tells of a change; null: whatever is not refused.</param>
    public Task<Answer<T>> TryAsync<T>(
        (string Action, string Target, string Detail) audited,
        HttpMethod method,
        string path,
        object? body,
        string? version = null,
        Func<T, bool>? changed = null
    ) =>
        AuditLog.AroundAsync(
            Database,
            new AuditEntry(Context.User.NameOfUser(), audited.Action, audited.Target, audited.Detail),
            Clock,
            () => Api.SendAsync<T>(Context.User.RoleOf()!.Value, method, path, body, Context.RequestAborted, version),
            answer => answer.Ok && (changed is null || answer.Value is { } value && changed(value)),
            Context.RequestAborted
        );

    /// <summary>The same, and goes to a page with a note.</summary>
    /// <param name="page">Where the note is read.</param>
    /// <param name="audited">As in <see cref="TryAsync{T}"/>.</param>
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
        var answer = await TryAsync<T>(audited, method, path, body);
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
