using System.Globalization;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Email.Sending;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>Writes an automation as YAML in one fixed layout, so that a review shows what changed and nothing else.</summary>
internal sealed class AutomationPrinter
{
    private readonly StringBuilder text = new();

    private AutomationPrinter() { }

    public static string Print(Automation automation)
    {
        var printer = new AutomationPrinter();
        printer.Head(automation);
        printer.Line(0, "steps:");
        printer.Steps(automation.Steps, 1);
        return printer.text.ToString();
    }

    /// <summary>What a step does, in the words of the file.</summary>
    public static string Label(Step step) => string.Join(", ", Describe(step));

    private void Head(Automation a)
    {
        Line(0, $"name: {a.Name}");
        if (a.Description is { } description)
            Line(0, $"description: {Prose(description)}");
        if (!a.Enabled)
            Line(0, "enabled: false");
        Line(0, $"trigger: {Inline(TriggerPairs(a.Trigger))}");
        if (a.Key != JourneyKey.Customer)
            Line(0, $"key: {Lower(a.Key)}");
        if (a.Reentry.After is { } after)
            Line(0, $"re-entry: {(after == TimeSpan.Zero ? "always" : $"after {Durations.Print(after)}")}");
        if (a.HoldOut is { } share)
            Line(0, $"hold-out: {Percent(share)}");
        if (a.Purpose != MailPurpose.Marketing)
            Line(0, $"purpose: {a.Purpose}");
        if (a.Goal is { } goal)
            Line(
                0,
                $"goal: {Inline([.. MatchPairs(goal.Match), ("within", Durations.Print(goal.Within)), .. goal.Ends ? Nothing : [("ends", "false")]])}"
            );
        if (a.Exits.Count > 0)
            Line(0, "exit-when:");
        foreach (var exit in a.Exits)
            Line(1, exit.On is { } on ? $"- {Block(MatchPairs(on))}" : $"- if: {Inline(ConditionPairs(exit.When!))}");
        if (a.InFlight != InFlight.Move)
            Line(0, $"in-flight: {Lower(a.InFlight)}");
        if (a.Moved.Count > 0)
            Line(0, $"moved: {Inline(a.Moved.Select(moved => (moved.Key, moved.Value)))}");
    }

    private void Steps(IReadOnlyList<Step> steps, int depth)
    {
        foreach (var step in steps)
        {
            var lines = Describe(step).ToList();
            if (step.IsNamed)
                lines.Insert(0, $"id: {step.Id}");
            for (var i = 0; i < lines.Count; i++)
                Line(depth, (i == 0 ? "- " : "  ") + lines[i]);
            foreach (var (name, block) in NamedBlocks(step))
            {
                if (block.Count == 0)
                    continue;
                Line(depth, $"  {name}:");
                Steps(block, depth + 2);
            }
            if (step is SplitStep split)
                Arms("split", split.Arms, depth);
            if (step is ExperimentStep experiment)
                Arms("arms", experiment.Arms, depth);
        }
    }

    private void Arms(string key, IReadOnlyList<Arm> arms, int depth)
    {
        // A split has no line of its own: its key is the list.
        if (text.Length > 0 && key == "arms")
            Line(depth, "  arms:");
        foreach (var arm in arms)
        {
            Line(depth + 2, $"- name: {Scalar(arm.Name)}");
            Line(depth + 2, $"  share: {Percent(arm.Share)}");
            if (arm.Steps.Count == 0)
                continue;
            Line(depth + 2, "  steps:");
            Steps(arm.Steps, depth + 4);
        }
    }

    private static IEnumerable<string> Describe(Step step) =>
        step switch
        {
            SendStep send => [$"send: {Scalar(send.Template)}"],
            WaitStep wait => [$"wait: {Durations.Print(wait.For)}"],
            WaitUntilStep wait => wait.Days.Count == 0
                ? [$"wait-until: \"{wait.At:HH\\:mm}\""]
                : [$"wait-until: \"{wait.At:HH\\:mm}\"", $"days: [{string.Join(", ", wait.Days.Select(day => Lower(day)[..3]))}]"],
            WaitReorderStep reorder => reorder.Lead == TimeSpan.Zero
                ? ["wait-for-reorder: true"]
                : ["wait-for-reorder: true", $"lead: {Durations.Print(reorder.Lead)}"],
            WaitForStep wait => [$"wait-for: {Inline([.. MatchPairs(wait.Match), ("within", Durations.Print(wait.Within))])}"],
            IfStep choice => [$"if: {Inline(ConditionPairs(choice.Condition))}"],
            SplitStep => ["split:"],
            ExperimentStep experiment => experiment.Segments.Count == 0
                ? [$"experiment: {Scalar(experiment.Experiment)}"]
                : [$"experiment: {Scalar(experiment.Experiment)}", $"segments: [{string.Join(", ", experiment.Segments.Select(Scalar))}]"],
            SetTraitStep traits => [$"set-trait: {Inline(traits.Traits.Select(trait => (Scalar(trait.Key), Json(trait.Value))))}"],
            CallStep call => [$"call: {Scalar(call.Url.OriginalString)}"],
            AudienceStep audience => [$"{audience.Kind}: {Scalar(audience.Audience)}"],
            HandoffStep handoff => [$"chat-handoff: {Scalar(handoff.Reason)}"],
            GoToStep jump => [$"go-to: {jump.Target}"],
            ExitStep exit => [$"exit: {Scalar(exit.Reason)}"],
            _ => throw new InvalidOperationException($"A step of kind {step.Kind} cannot be printed."),
        };

    private static IEnumerable<(string Name, IReadOnlyList<Step> Block)> NamedBlocks(Step step) =>
        step switch
        {
            WaitForStep wait => [("then", wait.Then), ("else", wait.Else)],
            IfStep choice => [("then", choice.Then), ("else", choice.Else)],
            WaitReorderStep reorder => [("unknown", reorder.Unknown)],
            _ => [],
        };

    private static IEnumerable<(string, string)> TriggerPairs(Trigger trigger) =>
        trigger switch
        {
            Trigger.OnEvent on => MatchPairs(on.Matches),
            Trigger.SegmentEntered entered => [("segment-entered", Scalar(entered.Segment))],
            Trigger.SegmentLeft left => [("segment-left", Scalar(left.Segment))],
            Trigger.OnDate date =>
            [
                ("date", Scalar(date.Trait)),
                .. date.Yearly ? Nothing : [("yearly", "false")],
                ("at", $"\"{date.At:HH\\:mm}\""),
                .. date.DaysBefore == 0 ? Nothing : [("days-before", date.DaysBefore.ToString(CultureInfo.InvariantCulture))],
            ],
            Trigger.Api => [("api", "true")],
            _ => [("web-hook", "true")],
        };

    private static IEnumerable<(string, string)> MatchPairs(EventMatch match) =>
        [
            ("event", Scalar(match.Event)),
            .. match.Where is null ? Nothing : [("where", Inline(ConditionPairs(match.Where)))],
            .. match.Same.Count == 0 ? Nothing : [("same", $"[{string.Join(", ", match.Same.Select(Scalar))}]")],
        ];

    private static IEnumerable<(string, string)> ConditionPairs(Condition condition) =>
        condition switch
        {
            Condition.All all => [("all", List(all.Parts))],
            Condition.Any any => [("any", List(any.Parts))],
            Condition.Not not => [("not", Inline(ConditionPairs(not.Part)))],
            Condition.InSegment segment => [("segment", Scalar(segment.Segment))],
            Condition.Consent consent => [("consent", consent.Granted ? "true" : "false")],
            Condition.Trait trait => [("trait", Scalar(trait.Name)), (trait.Test.Operator, Json(trait.Test.Value))],
            Condition.Data data => [("data", Scalar(data.Path)), (data.Test.Operator, Json(data.Test.Value))],
            Condition.Did did =>
            [
                ("did", Scalar(did.Event)),
                .. did.Within is { } within ? [("within", Durations.Print(within))] : Nothing,
                .. did.AtLeast == 1 ? Nothing : [("at-least", did.AtLeast.ToString(CultureInfo.InvariantCulture))],
            ],
            _ => throw new InvalidOperationException("An unknown condition."),
        };

    private static readonly (string, string)[] Nothing = [];

    private static string List(IReadOnlyList<Condition> parts) =>
        $"[{string.Join(", ", parts.Select(part => Inline(ConditionPairs(part))))}]";

    private static string Inline(IEnumerable<(string Key, string Value)> pairs) =>
        $"{{{string.Join(", ", pairs.Select(pair => $"{pair.Key}: {pair.Value}"))}}}";

    private static string Block(IEnumerable<(string Key, string Value)> pairs) =>
        string.Join("\n    ", pairs.Select(pair => $"{pair.Key}: {pair.Value}"));

    // JSON of texts, numbers and lists is YAML too; texts that need no quotes get none.
    private static string Json(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.String => Scalar(document.RootElement.GetString()!),
            JsonValueKind.Array => $"[{string.Join(", ", document.RootElement.EnumerateArray().Select(item => Json(item.GetRawText())))}]",
            _ => json,
        };
    }

    // A sentence on a line of its own needs quotes only where YAML would read it as something else.
    private static string Prose(string value) =>
        value.Length > 0
        && char.IsLetter(value[0])
        && !value.Contains(": ", StringComparison.Ordinal)
        && !value.Contains(" #", StringComparison.Ordinal)
        && !value.EndsWith(':')
        && !value.Any(char.IsControl)
            ? value
            : JsonSerializer.Serialize(value, Layout);

    private static string Scalar(string value)
    {
        var isPlain =
            value.Length > 0
            && char.IsLetter(value[0])
            && value.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or '.' or '/' or ';' or '+')
            && value.Trim() == value
            && value.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off");
        return isPlain ? value : JsonSerializer.Serialize(value, Layout);
    }

    private static readonly JsonSerializerOptions Layout = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.####}%");

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private void Line(int depth, string line) => text.Append(' ', depth * 2).Append(line).Append('\n');
}
