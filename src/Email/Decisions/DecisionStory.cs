using System.Globalization;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using static MarketingPlatform.Email.Decisions.ListDecisions;

namespace MarketingPlatform.Email.Decisions;

/// <summary>Puts what was written down on the way into the order in which it was asked, and into words.</summary>
internal static class DecisionStory
{
    public static DecisionView OfMail(
        MailRow mail,
        Person? person,
        IReadOnlyList<StepRow> steps,
        IReadOnlyList<EventRow> events,
        DateTimeOffset moment,
        ArmRow? arm = null
    )
    {
        // What happened after the moment asked for had not happened then.
        var status = mail.Status is "claimed" || (mail.Status == "sent" && mail.SentAt is null) ? "queued" : mail.Status;
        var reason = status == mail.Status || mail.Status is "claimed" ? mail.Reason : null;
        var until = steps.TakeWhile(step => step.Node != mail.Node || step.Kind != "send").ToArray();
        return new(
            mail.Id,
            mail.Automation,
            status,
            mail.Subject,
            Explain(mail.Automation, status, reason, mail.Lines),
            mail.SentAt ?? mail.CreatedAt,
            [
                Trigger(mail, until),
                HoldOut(mail, until, arm),
                .. Conditions(until),
                .. arm is null ? Array.Empty<Gate>() : [new Gate("arm", true, ArmOf(arm), mail.CreatedAt)],
                .. Permission(mail, status, reason, person, moment),
                .. Timing(status, reason),
                new(
                    "send",
                    status switch
                    {
                        "sent" => true,
                        "failed" => false,
                        _ => null,
                    },
                    status switch
                    {
                        "sent" => mail.Route is null ? "taken by the mail server" : $"taken by the mail server of route {mail.Route}",
                        "failed" or "ambiguous" => Words(reason),
                        "suppressed" => "not tried",
                        _ => "waits for its turn",
                    },
                    mail.SentAt
                ),
                Delivery(mail, status, events),
            ]
        );
    }

    public static DecisionView OfJourney(JourneyRow journey, IReadOnlyList<StepRow> steps)
    {
        var held = steps.FirstOrDefault(step => step.Kind == "hold-out");
        var decision =
            held is not null ? Outcomes.HeldOut
            : journey.Outcome is null ? "waiting"
            : "left";
        var last = steps.Count == 0 ? null : steps[^1];
        var why = decision switch
        {
            Outcomes.HeldOut => $"Got nothing on purpose, to measure what {journey.Automation} brings: {held!.Detail}.",
            "waiting" => $"Is on the way through {journey.Automation}, at the step {journey.Node}.",
            _ => $"Left {journey.Automation} without a mail: {last?.Result}{(last?.Detail is { } detail ? $" ({detail})" : "")}.",
        };
        return new(
            null,
            journey.Automation,
            decision,
            null,
            why,
            journey.EnteredAt,
            [
                new("trigger", true, journey.Key.Length > 0 ? $"entered for {journey.Key}" : "entered", journey.EnteredAt),
                held is not null ? new("hold-out", false, held.Detail ?? "", held.At) : new("hold-out", true, "not held out", null),
                .. Conditions(steps),
                .. held is null && last is not null ? [new Gate("end", null, $"{last.Node}: {last.Result}", last.At)] : Array.Empty<Gate>(),
            ]
        );
    }

    public static DecisionView OfCampaign(CampaignMemberRow member)
    {
        var held = member.Reason is CampaignReasons.HeldOut or CampaignReasons.HeldOutOfProgramme;
        var (decision, why) = (member.Reason, member.Arm) switch
        {
            (null, null) => ("waiting", $"Waits for the result of {member.Campaign}'s test."),
            (null, _) => ("not-sent", $"Was to get {member.Campaign}, and its mail is gone."),
            ({ } reason, _) when held => (
                Outcomes.HeldOut,
                $"Got nothing of {member.Campaign} on purpose: {CampaignReasons.Words(reason)}."
            ),
            ({ } reason, _) => ("not-sent", $"Did not get {member.Campaign}: {CampaignReasons.Words(reason)}."),
        };
        return new(
            null,
            member.Campaign,
            decision,
            null,
            why,
            member.At,
            [
                new("trigger", true, $"in the audience of {member.Campaign}", member.At),
                member.Reason is not { } said ? new("hold-out", true, "not held out", member.At)
                : held ? new("hold-out", false, CampaignReasons.Words(said), member.At)
                : new(GateOf(said), false, CampaignReasons.Words(said), member.At),
            ]
        );
    }

    private static string GateOf(string reason) =>
        reason switch
        {
            CampaignReasons.Excluded or CampaignReasons.OtherChannel or CampaignReasons.HadItBefore or "cancelled" => "condition",
            CampaignReasons.FrequencyCap => "cap",
            MailPermission.NoConsent or MailPermission.Withdrawn or MailPermission.NoAddress => "consent",
            _ => "suppression",
        };

    private static string ArmOf(ArmRow arm) => arm.Stage == "roll" ? $"{arm.Arm}, which the test decided for" : arm.Arm;

    public static DecisionView OfRefusal(RefusalRow refusal) =>
        new(
            null,
            refusal.Automation,
            "not-entered",
            null,
            $"Did not enter {refusal.Automation}: {refusal.Observed}.",
            refusal.At,
            [new(refusal.Gate, false, refusal.Observed, refusal.At)]
        );

    /// <param name="lines">How many lines the cart or order had that caused it; null where none did.</param>
    internal static string Explain(string automation, string status, string? reason, int? lines)
    {
        var cause = (automation, lines) switch
        {
            ("welcome", _) => "Marketing mail was allowed for the first time.",
            ("abandoned-cart", { } count) => string.Create(
                CultureInfo.InvariantCulture,
                $"A cart with {count} {(count == 1 ? "line" : "lines")} was left behind."
            ),
            _ => $"The automation {automation} decided it.",
        };
        return status switch
        {
            "sent" => cause,
            "suppressed" => $"{cause} Held back: {Words(reason)}.",
            "failed" => $"{cause} Failed: {Words(reason)}.",
            "ambiguous" => $"{cause} Whether it left is unclear: {Words(reason)}.",
            _ => reason is null ? $"{cause} It is about to leave." : $"{cause} It waits: {Words(reason)}.",
        };
    }

    private static string Words(string? reason) => reason is null ? "no reason was noted" : reason.Replace('-', ' ').TrimEnd('.');

    private static Gate Trigger(MailRow mail, IReadOnlyList<StepRow> steps) =>
        steps.FirstOrDefault(step => step.Kind == "entry") is { } entry
            ? new("trigger", true, $"entered {mail.Automation}", entry.At)
            : new(
                "trigger",
                true,
                mail.SendId is not null ? $"in the audience of {mail.Automation}" : $"asked for as {mail.Automation}",
                mail.CreatedAt
            );

    private static Gate HoldOut(MailRow mail, IReadOnlyList<StepRow> steps, ArmRow? arm) =>
        arm is not null ? new("hold-out", true, "not held out", mail.CreatedAt)
        : steps.Count > 0 && mail.Purpose == MailPurpose.Marketing ? new("hold-out", true, "not held out", steps[0].At)
        : new("hold-out", null, "nobody is held out of this mail", null);

    private static IEnumerable<Gate> Conditions(IReadOnlyList<StepRow> steps) =>
        steps
            .Where(step => step.Kind is "if" or "wait-for" or "split" or "experiment" && step.Result != "waits")
            .Select(step =>
                step.Kind is "split" or "experiment"
                    ? new Gate("arm", true, $"{step.Detail ?? step.Node}: {step.Result}", step.At)
                    : new Gate("condition", true, $"{step.Node}: {step.Result}{(step.Detail is { } seen ? $" ({seen})" : "")}", step.At)
            );

    private static IEnumerable<Gate> Permission(MailRow mail, string status, string? reason, Person? person, DateTimeOffset moment)
    {
        var isRefused = reason is MailPermission.NoConsent or MailPermission.Withdrawn or MailPermission.NoAddress;
        var isSuppressed =
            status == "suppressed" && !isRefused && reason?.StartsWith(SendDecision.FrequencyCapReason, StringComparison.Ordinal) != true;
        if (mail.Purpose == MailPurpose.Transactional)
            yield return new("consent", null, "a mail about the customer's own doing asks for none", null);
        else if (isRefused)
            yield return new("consent", status == "suppressed" ? false : null, Words(reason), null);
        else
            yield return new(
                "consent",
                true,
                person is { ConsentGranted: true, ConsentAt: { } at } && at <= moment
                    ? $"marketing mail was allowed by {person.ConsentSource}"
                    : "marketing mail was allowed",
                person?.ConsentAt <= moment ? person?.ConsentAt : null
            );
        yield return isSuppressed
            ? new Gate("suppression", false, Words(reason), person?.SuppressedAt)
            : new Gate("suppression", isRefused ? null : true, isRefused ? "not asked" : "the address is not suppressed", null);
    }

    private static IEnumerable<Gate> Timing(string status, string? reason)
    {
        var capped = reason?.StartsWith(SendDecision.FrequencyCapReason, StringComparison.Ordinal) == true;
        var wasAsked = status is "sent" or "failed" or "ambiguous" || capped;
        yield return new(
            "cap",
            capped ? false
                : wasAsked ? true
                : null,
            capped ? Words(reason)
                : wasAsked ? "below every cap"
                : "not asked",
            null
        );
        var quiet = reason == "quiet-hours";
        yield return new(
            "quiet-hours",
            quiet ? false
                : wasAsked && !capped ? true
                : null,
            quiet ? "it waits until the recipient's morning"
                : wasAsked && !capped ? "it was an hour for mail"
                : "not asked",
            null
        );
    }

    private static Gate Delivery(MailRow mail, string status, IReadOnlyList<EventRow> events)
    {
        if (mail.BouncedAt is { } bounced)
            return new("delivery", false, "nobody has this address, says the server", bounced);
        var human = events.Where(e => e.Label == "human").ToArray();
        var best = human.LastOrDefault(e => e.Kind == "click") ?? human.LastOrDefault();
        return best is not null ? new("delivery", true, best.Kind == "click" ? "a person followed a link" : "a person opened it", best.At)
            : status == "sent" ? new("delivery", null, "no bounce and no click was heard of", null)
            : new("delivery", null, "it has not left", null);
    }
}
