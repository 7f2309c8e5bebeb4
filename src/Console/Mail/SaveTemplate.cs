using System.Globalization;
using System.Text.Json.Nodes;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Mail;

/// <summary>
/// <c>POST /console/mail/templates/{name}</c>: subject and HTML; all else stays. The form carries the version that its reader saw; where
/// that is not what holds now, somebody else was faster and nothing is changed.
/// </summary>
internal static class SaveTemplate
{
    private const int MaxHtml = 512 * 1024;
    private const int MaxSubject = 500;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Templates + "/{name}", HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync(
        string name,
        HttpContext context,
        PlatformApi api,
        ConsoleDatabase database,
        TimeProvider clock
    )
    {
        var ct = context.RequestAborted;
        var role = context.User.RoleOf()!.Value;
        var form = await context.Request.ReadFormAsync(ct);
        var page = $"{Paths.Templates}/{Uri.EscapeDataString(name)}";
        var path = $"{Routes.Templates}/{Uri.EscapeDataString(name)}";

        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ConsoleDatabase.LockChanges, null, ct);
        var now = await api.GetAsync<Template>(role, path, ct);
        if (now.Value is not { } template)
            return Forms.Failed(context, page, now.Failure!.Message);
        if (Field.Of(form, "seen", 10) != template.Version.ToString(CultureInfo.InvariantCulture))
            return Forms.Failed(
                context,
                page,
                "Somebody else has just saved it. Nothing was changed: look, and put your change into what is there."
            );
        var entry = new AuditEntry(
            context.User.NameOfUser(),
            "template.save",
            name,
            $"version {template.Version} → {template.Version + 1}"
        );
        await AuditLog.AppendAsync(work, entry, clock.GetUtcNow(), ct);
        var answer = await api.SendAsync(role, HttpMethod.Put, path, Changed(template.Content, form), ct);
        if (answer.Failure is { } failure)
            return Forms.Failed(context, page, failure.Message);
        await work.CommitAsync(CancellationToken.None);
        return Forms.Done(context, page, "Saved. Mails that are written from now on have it; the version before is kept.");
    }

    private static JsonObject Changed(JsonObject content, IFormCollection form)
    {
        var changed = content.DeepClone().AsObject();
        changed["html"] = Field.Of(form, "html", MaxHtml).ReplaceLineEndings("\n");
        if (form.ContainsKey("subject"))
            changed["subject"] = Field.Of(form, "subject", MaxSubject);
        return changed;
    }
}
