using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Templates;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>An automation, or all that is wrong with its file.</summary>
internal sealed record ParsedAutomation(Automation? Automation, IReadOnlyList<YamlProblem> Problems)
{
    /// <value>What the file names that lies outside it.</value>
    public IReadOnlyList<Mention> Mentions { get; init; } = [];
}

/// <summary>Reads the YAML of an automation; what it means is told in docs/automations.md.</summary>
internal sealed class AutomationParser
{
    private const double MaxHoldOut = 0.5;
    private const string Keys =
        "name, description, enabled, trigger, key, re-entry, hold-out, purpose, goal, exit-when, in-flight, moved, steps";

    private readonly List<YamlProblem> problems = [];
    private readonly StepParser steps;
    private readonly ConditionParser conditions = new();

    private AutomationParser() => steps = new StepParser(conditions);

    public static ParsedAutomation Parse(string yaml)
    {
        var parser = new AutomationParser();
        var reading = new YamlReading(parser.problems);
        var automation = reading.Open(yaml) is { } root ? parser.Read(root) : null;
        if (automation is not null && parser.problems.Count == 0)
            parser.problems.AddRange(PlanCheck.Problems(automation));
        return new(parser.problems.Count == 0 ? automation : null, [.. parser.problems.OrderBy(problem => problem.Line)])
        {
            Mentions = reading.Mentions,
        };
    }

    private Automation Read(YamlMap root)
    {
        var name = root.Required("name", "Give the automation a name: welcome-series.");
        if (name.Length > 0 && !TemplateName.IsValid(name))
            root.Report("name", TemplateName.Rule);
        var trigger = root.Map("trigger") is { } map ? ReadTrigger(map) : null;
        if (!root.Has("trigger"))
            root.Report("trigger", "Say what lets a customer in: trigger: {event: cart-abandoned}.");
        var purpose = root.Text("purpose") ?? MailPurpose.Marketing;
        if (!MailPurpose.All.Contains(purpose))
            root.Report("purpose", $"Give one of {string.Join(", ", MailPurpose.All)}.");
        var automation = new Automation(
            name,
            root.Text("description"),
            root.Flag("enabled", true),
            trigger ?? new Trigger.Api(),
            Choice(root, "key", JourneyKey.Customer),
            ReadReentry(root),
            root.Share("hold-out", MaxHoldOut),
            purpose,
            ReadGoal(root),
            [.. root.Maps("exit-when").Select(ReadExit)],
            steps.Read(root, "steps"),
            ReadMoved(root),
            Choice(root, "in-flight", InFlight.Move)
        );
        if (!root.Has("steps"))
            root.Report("steps", "Say what happens: steps: with a list of steps below.");
        root.NothingElse(Keys);
        return automation;
    }

    private Trigger? ReadTrigger(YamlMap map)
    {
        Trigger? trigger = null;
        if (map.Has("event"))
            trigger = new Trigger.OnEvent(conditions.ReadMatch(map, "event", mayBeSame: false));
        else if (map.Name(Named.Segment, "segment-entered") is { } entered)
            trigger = new Trigger.SegmentEntered(entered);
        else if (map.Name(Named.Segment, "segment-left") is { } left)
            trigger = new Trigger.SegmentLeft(left);
        else if (map.Name(Named.Trait, "date") is { } trait)
            trigger = new Trigger.OnDate(
                trait,
                map.Flag("yearly", true),
                map.Time("at") ?? new TimeOnly(9, 0),
                map.Number("days-before", 0, 365) ?? 0
            );
        else if (map.Has("api") && map.Flag("api", true))
            trigger = new Trigger.Api();
        else if (map.Has("web-hook") && map.Flag("web-hook", true))
            trigger = new Trigger.WebHook();
        else
            map.ReportHere("Give one of event, segment-entered, segment-left, date, api: true, web-hook: true.");
        map.NothingElse("event with where, segment-entered, segment-left, date with yearly, at and days-before, api, web-hook");
        return trigger;
    }

    private static Reentry ReadReentry(YamlMap root) =>
        root.Text("re-entry") switch
        {
            null or "never" => Reentry.Never,
            "always" => Reentry.Always,
            var text when text.StartsWith("after ", StringComparison.Ordinal) && Durations.Parse(text["after ".Length..]) is { } pause =>
                new(pause),
            _ => Refuse(root),
        };

    private static Reentry Refuse(YamlMap root)
    {
        root.Report("re-entry", "Give never, always, or after and a length of time: after 30d.");
        return Reentry.Never;
    }

    private Goal? ReadGoal(YamlMap root)
    {
        if (root.Map("goal") is not { } map)
            return null;
        var goal = new Goal(conditions.ReadMatch(map, "event"), map.Duration("within") ?? TimeSpan.FromDays(7), map.Flag("ends", true));
        map.NothingElse("event, where, same, within, ends");
        return goal;
    }

    private ExitRule ReadExit(YamlMap map)
    {
        var rule = map.Has("event")
            ? new ExitRule(conditions.ReadMatch(map, "event"), null)
            : new ExitRule(null, map.Map("if") is { } condition ? conditions.Read(condition) : null);
        if (rule.On is null && !map.Has("if"))
            map.ReportHere("Give event: or if: with a condition.");
        map.NothingElse("event, where, same, if");
        return rule;
    }

    private static Dictionary<string, string> ReadMoved(YamlMap root)
    {
        Dictionary<string, string> moved = [];
        if (root.Map("moved") is not { } map)
            return moved;
        foreach (var old in map.Keys)
            moved[old] = map.Text(old) ?? "";
        return moved;
    }

    private static T Choice<T>(YamlMap map, string key, T standard)
        where T : struct, Enum
    {
        if (map.Text(key) is not { } text)
            return standard;
        foreach (var value in Enum.GetValues<T>())
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
                return value;
        map.Report(key, $"Give one of {string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()))}.");
        return standard;
    }
}
