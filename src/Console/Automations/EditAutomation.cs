using System.Globalization;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Console.Automations;

/// <summary>
/// <c>POST /console/automation-editor</c>: checks what was typed, or saves it as a new version over the one that its writer saw. Unless it is
/// saved the form comes back as it was typed, with what is wrong or what would change: a file is too long for an address.
/// </summary>
internal static class EditAutomation
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.AutomationEditor, HandleAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static async Task<IResult> HandleAsync([AsParameters] FormCall call)
    {
        var form = await call.ReadAsync();
        var draft = AutomationDraft.Of(form);
        var (role, ct) = (call.Context.User.RoleOf()!.Value, call.Context.RequestAborted);
        if (draft.IsTooLong)
            return Back(draft, $"A file has at most {AutomationDraft.MaxBytes / 1024} KB. Nothing was saved: make it shorter.");
        if (Field.Of(form, "wish", 10) != "save")
            return await PlannedAsync(null);

        var saved = await SaveAsync(call, draft, ("automation.save", draft.Name, $"version {draft.Seen} → {draft.Seen + 1}"));
        if (saved.Value is { Summary: var summary })
            return Forms.Done(
                call.Context,
                $"{Paths.Automations}/{Uri.EscapeDataString(draft.Name)}",
                summary.Version == draft.Seen
                    ? $"Version {summary.Version} says just that: nothing was changed."
                    : $"Saved as version {summary.Version}. The automation is {summary.Status}."
            );
        if (saved.Failure is not { Kind: FailureKind.Changed } failure)
            return await PlannedAsync(saved.Failure);
        var theirs = await call.Api.GetAsync<AutomationDetail>(role, draft.Path, ct);
        if (theirs.Value is not { } other)
            return Back(draft, $"Nothing was saved. {failure.Message}");
        if (draft.IsNew)
            return Back(
                draft,
                "Nothing was saved: there is an automation of this name by now. Copy what you wrote, and begin anew under another name."
            );
        // Who saves again has seen on this page what that replaces.
        return Back(
            draft with
            {
                Seen = other.Summary.Version,
            },
            $"Nothing was saved: somebody else has saved version {other.Summary.Version} meanwhile. It stands below what you wrote; put your "
                + "change into it, or save again and replace it.",
            theirs: other
        );

        async Task<IResult> PlannedAsync(ApiFailure? refused)
        {
            var plan = await call.Api.SendAsync<AutomationPlan>(role, HttpMethod.Post, draft.Path + "/plan", draft.Content(), ct);
            // What is wrong stands there line by line; else whoever refused it said why.
            var why = plan.Value is { Problems.Count: > 0 } ? "What to mend stands below." : refused?.Message;
            return Back(draft, refused is null ? plan.Failure?.Message : $"Nothing was saved. {why}", plan.Value);
        }
    }

    /// <summary>A new version over the one that the draft's writer saw; nothing is written down where it says just what that one says.</summary>
    public static Task<Answer<AutomationDetail>> SaveAsync(
        FormCall call,
        AutomationDraft draft,
        (string Action, string Target, string Detail) audited
    ) =>
        call.TryAsync<AutomationDetail>(
            audited,
            HttpMethod.Put,
            draft.Path,
            draft.Content(),
            draft.Seen.ToString(CultureInfo.InvariantCulture),
            now => now.Summary.Version != draft.Seen
        );

    private static RazorComponentResult<AutomationEdited> Back(
        AutomationDraft draft,
        string? trouble,
        AutomationPlan? plan = null,
        AutomationDetail? theirs = null
    ) =>
        new(
            new Dictionary<string, object?>
            {
                [nameof(AutomationEdited.ChildContent)] = AutomationEditor.Of(
                    draft,
                    mayChange: true,
                    trouble: trouble,
                    plan: plan,
                    theirs: theirs
                ),
            }
        )
        {
            StatusCode = trouble is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
}
