using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Email.Automations.Execution;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>A line of an automation told in words.</summary>
/// <param name="Depth">0: who enters and what ends it; 1: the way; deeper: a way that not everybody goes.</param>
/// <param name="Step">Id of the step that the line tells; null where it tells none.</param>
internal sealed record WordLine(int Depth, string? Step, string Text);

/// <summary>Tells an automation in words, for those who do not read YAML, and for whom a change is shown.</summary>
internal static class AutomationWords
{
    /// <returns>First the rules, then each step, those of a branch deeper than the step that has it.</returns>
    public static IEnumerable<WordLine> Outline(Automation automation) =>
        [.. Rules(automation).Select(rule => new WordLine(0, null, rule.Text)), .. Steps(automation.Steps, 1)];

    /// <returns>What holds for the whole automation, by the key of the file that says it; a key may come more than once.</returns>
    public static IEnumerable<(string Key, string Text)> Rules(Automation a)
    {
        yield return ("trigger", TriggerOf(a.Trigger));
        if (!a.Enabled)
            yield return ("enabled", "Is off when it is first saved.");
        var about = a.Key == JourneyKey.Customer ? "the same customer" : $"the same {a.Key.ToString().ToLowerInvariant()}";
        yield return (
            "re-entry",
            a.Reentry.After switch
            {
                null => $"Nobody enters twice for {about}.",
                { Ticks: 0 } => $"Who is through may enter again for {about}.",
                { } pause => $"Who entered may enter again for {about} after {Long(pause)}.",
            }
        );
        if (a.HoldOut is { } share)
            yield return (
                "hold-out",
                share == 0 ? "Nobody is held out." : $"{Percent(share)} are held out, so that the others can be compared with them."
            );
        if (a.IsTransactional)
            yield return ("purpose", "Its mails are transactional: nobody has to have allowed them.");
        if (a.Goal is { } goal)
            yield return (
                "goal",
                $"The goal is {Event(goal.Match)} within {Long(goal.Within)}{(goal.Ends ? "; who reaches it is through" : "")}."
            );
        foreach (var exit in a.Exits)
            yield return ("exit-when", exit.On is { } on ? $"Ends early with {Event(on)}." : $"Ends early where {Of(exit.When!)}.");
        if (a.InFlight == InFlight.Finish)
            yield return ("in-flight", "Who is on the way ends by the version they began with.");
        foreach (var (old, now) in a.Moved)
            yield return ("moved", $"Who waits at {old} goes on at {now}.");
    }

    /// <returns>What a step does, without what lies in its branches.</returns>
    public static string Of(Step step) =>
        step switch
        {
            SendStep send => $"Sends the mail “{send.Template}”.",
            WaitStep wait => $"Waits {Long(wait.For)}.",
            WaitUntilStep wait =>
                $"Waits until {wait.At:HH\\:mm} by the customer's clock{(wait.Days.Count == 0 ? "" : $", on {string.Join(" or ", wait.Days)}")}.",
            WaitReorderStep reorder =>
                $"Waits until the product is usually bought again{(reorder.Lead == TimeSpan.Zero ? "" : $", less {Long(reorder.Lead)}")}.",
            WaitForStep wait => $"Waits at most {Long(wait.Within)} for {Event(wait.Match)}.",
            IfStep choice => $"Looks whether {Of(choice.Condition)}.",
            SplitStep split => $"Ways part by chance: {ArmsOf(split.Arms)}.",
            ExperimentStep test => $"Ways part by the experiment “{test.Experiment}”: {ArmsOf(test.Arms)}."
                + (
                    test.Segments.Count == 0
                        ? ""
                        : $" They are compared in {string.Join(", ", test.Segments.Select(one => $"“{one}”"))} too."
                ),
            SetTraitStep set =>
                $"Notes on the profile: {string.Join(", ", set.Traits.Select(trait => $"{trait.Key} is {Value(trait.Value)}"))}.",
            CallStep call => $"Calls {call.Url.OriginalString}.",
            AudienceStep { Adds: true } audience => $"Adds the customer to the ad audience “{audience.Audience}”.",
            AudienceStep audience => $"Takes the customer out of the ad audience “{audience.Audience}”.",
            HandoffStep handoff => $"Asks for a person in the chat: {handoff.Reason}.",
            GoToStep jump => $"Goes on at {jump.Target}.",
            ExitStep exit => $"Ends here: {exit.Reason}.",
            _ => throw new InvalidOperationException($"A step of kind {step.Kind} has no words."),
        };

    private static IEnumerable<WordLine> Steps(IReadOnlyList<Step> steps, int depth) =>
        steps.SelectMany(step =>
            Branches(step)
                .SelectMany(branch => new[] { new WordLine(depth + 1, null, branch.Name) }.Concat(Steps(branch.Steps, depth + 2)))
                .Prepend(new WordLine(depth, step.Id, Of(step)))
        );

    private static IEnumerable<(string Name, IReadOnlyList<Step> Steps)> Branches(Step step)
    {
        (string Name, IReadOnlyList<Step> Steps)[] branches = step switch
        {
            WaitForStep wait => [("If it comes:", wait.Then), ("If it does not come:", wait.Else)],
            IfStep choice => [("If so:", choice.Then), ("If not:", choice.Else)],
            WaitReorderStep reorder => [("If nobody knows when:", reorder.Unknown)],
            SplitStep split => [.. split.Arms.Select(arm => ($"The way {arm.Name}:", arm.Steps))],
            ExperimentStep test => [.. test.Arms.Select(arm => ($"The way {arm.Name}:", arm.Steps))],
            _ => [],
        };
        return branches.Where(branch => branch.Steps.Count > 0);
    }

    private static string TriggerOf(Trigger trigger) =>
        trigger switch
        {
            Trigger.OnEvent on => $"Begins with {Event(on.Matches)}.",
            Trigger.SegmentEntered entered => $"Begins when somebody comes into the segment “{entered.Segment}”.",
            Trigger.SegmentLeft left => $"Begins when somebody leaves the segment “{left.Segment}”.",
            Trigger.OnDate date =>
                $"Begins {(date.DaysBefore == 0 ? "on" : $"{Count(date.DaysBefore, "day")} before")} the day in “{date.Trait}”"
                    + $"{(date.Yearly ? ", each year" : "")}, at {date.At:HH\\:mm} by the customer's clock.",
            Trigger.Api => "Begins with a call of the API.",
            _ => "Begins with a call of its web hook.",
        };

    private static string Event(EventMatch match) =>
        NameOf(match.Event)
        + (match.Where is null ? "" : $" where {Of(match.Where)}")
        + (match.Same.Count == 0 ? "" : $" with the same {string.Join(" and ", match.Same)}");

    private static string NameOf(string name) =>
        name switch
        {
            EventNames.Subscribed => "a first yes to marketing mail",
            EventNames.CartAbandoned => "a cart left behind",
            EventNames.Order => "an order",
            EventNames.Unsubscribed => "a no to marketing mail",
            EventNames.ConsentChanged => "a change of what is allowed",
            EventNames.ProfileChanged => "a change of the profile",
            EventNames.MailOpened => "a mail opened",
            EventNames.MailClicked => "a click in a mail",
            EventNames.PriceDropped => "a price that dropped",
            EventNames.BackInStock => "a product back in stock",
            _ => $"the event “{name}”",
        };

    private static string Of(Condition condition) =>
        condition switch
        {
            Condition.All all => string.Join(" and ", all.Parts.Select(Inner)),
            Condition.Any any => string.Join(" or ", any.Parts.Select(Inner)),
            Condition.Not not => $"it is not so that {Inner(not.Part)}",
            Condition.InSegment segment => $"the customer is in the segment “{segment.Segment}”",
            Condition.Consent consent => consent.Granted ? "marketing mail is allowed" : "marketing mail is not allowed",
            Condition.Trait trait => $"“{trait.Name}” of the profile {Of(trait.Test)}",
            Condition.Data data => $"“{data.Path}” of the event {Of(data.Test)}",
            Condition.Did did => $"there was {NameOf(did.Event)}"
                + (did.AtLeast == 1 ? "" : $" at least {did.AtLeast.ToString(CultureInfo.InvariantCulture)} times")
                + (did.Within is { } within ? $" in the last {Long(within)}" : " at any time"),
            _ => throw new InvalidOperationException("An unknown condition."),
        };

    private static string Inner(Condition part) => part is Condition.All or Condition.Any ? $"({Of(part)})" : Of(part);

    private static string Of(Condition.Comparison test) =>
        test.Operator switch
        {
            "exists" => test.Value == "true" ? "is known" : "is unknown",
            "in" => $"is one of {Value(test.Value)}",
            var other => $"{(other.StartsWith("at-", StringComparison.Ordinal) ? "is " : "")}{other.Replace('-', ' ')} {Value(test.Value)}",
        };

    private static string Value(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.String => $"“{document.RootElement.GetString()}”",
            JsonValueKind.Array => string.Join(", ", document.RootElement.EnumerateArray().Select(item => Value(item.GetRawText()))),
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => json,
        };
    }

    private static string ArmsOf(IReadOnlyList<Arm> arms) => string.Join(", ", arms.Select(arm => $"{Percent(arm.Share)} go {arm.Name}"));

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");

    private static string Long(TimeSpan span)
    {
        (int Count, string Unit)[] parts = [(span.Days, "day"), (span.Hours, "hour"), (span.Minutes, "minute"), (span.Seconds, "second")];
        var said = parts.Where(part => part.Count > 0).Select(part => Count(part.Count, part.Unit)).ToArray();
        return said.Length == 0 ? "no time" : string.Join(" ", said);
    }

    private static string Count(int count, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}");
}
