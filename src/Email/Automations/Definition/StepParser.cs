using System.Text.RegularExpressions;
using MarketingPlatform.Email.Templates;

namespace MarketingPlatform.Email.Automations.Definition;

/// <summary>Reads lists of steps. A step without an id gets one from what it does, so that others can be added around it.</summary>
internal sealed partial class StepParser(ConditionParser conditions)
{
    private const int MaxDepth = 20;
    private static readonly string[] Kinds =
    [
        "send",
        "wait",
        "wait-until",
        "wait-for",
        "wait-for-reorder",
        "if",
        "split",
        "experiment",
        "set-trait",
        "call",
        "add-to-audience",
        "remove-from-audience",
        "chat-handoff",
        "go-to",
        "exit",
    ];

    private readonly HashSet<string> ids = [];
    private int depth;

    public IReadOnlyList<Step> Read(YamlMap owner, string key)
    {
        if (++depth > MaxDepth)
            owner.Report(key, $"Steps lie in each other more than {MaxDepth} deep.");
        Step[] steps = depth > MaxDepth ? [] : [.. owner.Maps(key).Select(ReadStep).OfType<Step>()];
        depth--;
        return steps;
    }

    private Step? ReadStep(YamlMap map)
    {
        var kinds = Kinds.Where(map.Has).ToArray();
        if (kinds.Length != 1)
        {
            map.ReportHere($"A step is exactly one of {string.Join(", ", Kinds)}.");
            return null;
        }
        var kind = kinds[0];
        var given = map.Text("id");
        if (given is not null && !TemplateName.IsValid(given))
            map.Report("id", TemplateName.Rule);
        if (given is not null && !ids.Add(given))
            map.Report("id", $"There is another step '{given}': each id stands once.");
        var id = given ?? Unused(map, kind);
        var step = Make(map, kind, id, given is not null);
        map.NothingElse($"id and {Allowed(kind)}");
        return step;
    }

    private Step? Make(YamlMap map, string kind, string id, bool named)
    {
        switch (kind)
        {
            case "send":
                return new SendStep(id, named, map.Line, map.Name(Named.Template, "send") ?? "");
            case "wait":
                return map.Duration("wait") is { } pause ? new WaitStep(id, named, map.Line, pause) : null;
            case "wait-until":
                return map.Time("wait-until") is { } at ? new WaitUntilStep(id, named, map.Line, at, ReadDays(map)) : null;
            case "wait-for-reorder":
                _ = map.Text("wait-for-reorder");
                return new WaitReorderStep(id, named, map.Line, map.Duration("lead") ?? TimeSpan.Zero, Read(map, "unknown"));
            case "wait-for":
                if (map.Map("wait-for") is not { } waited)
                    return null;
                var match = conditions.ReadMatch(waited, "event");
                var within = waited.Duration("within");
                if (!waited.Has("within"))
                    waited.Report("within", "Say how long to wait at most: within: 3d.");
                waited.NothingElse("event, where, same, within");
                return new WaitForStep(id, named, map.Line, match, within ?? TimeSpan.Zero, Read(map, "then"), Read(map, "else"));
            case "if":
                var condition = map.Map("if") is { } asked ? conditions.Read(asked) : null;
                var (then, otherwise) = (Read(map, "then"), Read(map, "else"));
                return condition is null ? null : new IfStep(id, named, map.Line, condition, then, otherwise);
            case "split":
                return new SplitStep(id, named, map.Line, ReadArms(map, "split"));
            case "experiment":
                var segments = map.Texts("segments").Distinct().ToArray();
                foreach (var segment in segments)
                    map.Mentions(Named.Segment, "segments", segment);
                return new ExperimentStep(id, named, map.Line, map.Text("experiment") ?? "", ReadArms(map, "arms"), segments);
            case "set-trait":
                return new SetTraitStep(id, named, map.Line, ReadTraits(map));
            case "call":
                return ReadCall(map, id, named);
            case "add-to-audience":
            case "remove-from-audience":
                return new AudienceStep(
                    id,
                    named,
                    map.Line,
                    map.Name(kind == "add-to-audience" ? Named.Audience : Named.LeftAudience, kind) ?? "",
                    kind == "add-to-audience"
                );
            case "chat-handoff":
                return new HandoffStep(id, named, map.Line, map.Text("chat-handoff") ?? "");
            case "go-to":
                return new GoToStep(id, named, map.Line, map.Text("go-to") ?? "");
            default:
                return new ExitStep(id, named, map.Line, map.Text("exit") ?? "");
        }
    }

    private List<Arm> ReadArms(YamlMap map, string key)
    {
        List<Arm> arms = [];
        foreach (var (arm, index) in map.Maps(key).Select((arm, index) => (arm, index)))
        {
            var share = arm.Share("share", 1);
            if (!arm.Has("share"))
                arm.Report("share", "Give each way its share: share: 50%.");
            arms.Add(new(arm.Text("name") ?? $"{(char)('a' + index)}", share ?? 0, Read(arm, "steps")));
            arm.NothingElse("name, share, steps");
        }
        if (arms.Count is < 2 or > 20)
            map.Report(key, "Give 2 to 20 ways, each with a share.");
        else if (Math.Abs(arms.Sum(arm => arm.Share) - 1) > 0.001)
            map.Report(key, $"The shares sum to {arms.Sum(arm => arm.Share) * 100:0.#} %; make it 100 %.");
        if (arms.Select(arm => arm.Name).Distinct().Count() != arms.Count)
            map.Report(key, "Give each way a name of its own.");
        return arms;
    }

    private static List<DayOfWeek> ReadDays(YamlMap map)
    {
        List<DayOfWeek> days = [];
        foreach (var text in map.Texts("days"))
        {
            var found = Enum.GetValues<DayOfWeek>()
                .Where(day => text.Length >= 3 && day.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase))
                .ToArray();
            if (found.Length == 1)
                days.Add(found[0]);
            else
                map.Report("days", $"'{text}' is no day. Give mon, tue, wed, thu, fri, sat, sun.");
        }
        return days;
    }

    private static Dictionary<string, string> ReadTraits(YamlMap map)
    {
        Dictionary<string, string> traits = [];
        if (map.Map("set-trait") is { } values)
            foreach (var name in values.Keys)
            {
                traits[name] = values.Json(name) ?? "null";
                values.Mentions(Named.GivenTrait, name, name);
            }
        if (traits.Count == 0)
            map.Report("set-trait", "Give traits with their values: {loyal: true}.");
        return traits;
    }

    private static CallStep? ReadCall(YamlMap map, string id, bool named)
    {
        if (Uri.TryCreate(map.Text("call"), UriKind.Absolute, out var url) && url.Scheme == "https" && url.UserInfo.Length == 0)
            return new CallStep(id, named, map.Line, url);
        map.Report("call", "Give an https address without a user name: https://example.com/hook.");
        return null;
    }

    private string Unused(YamlMap map, string kind)
    {
        var about = kind switch
        {
            "wait-for" => map.Map("wait-for")?.Text("event"),
            "if" or "split" or "set-trait" or "wait-for-reorder" or "call" => null,
            _ => map.Text(kind),
        };
        var id = NotOfIds().Replace((about is null ? kind : $"{kind}-{about}").ToLowerInvariant(), "-").Trim('-');
        var unused = id.Length > 50 ? id[..50] : id;
        for (var i = 2; !ids.Add(unused); i++)
            unused = $"{id}-{i}";
        return unused;
    }

    private static string Allowed(string kind) =>
        kind switch
        {
            "wait-until" => "wait-until, days",
            "wait-for" or "if" => $"{kind}, then, else",
            "wait-for-reorder" => "wait-for-reorder, lead, unknown",
            "experiment" => "experiment, arms, segments",
            _ => kind,
        };

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotOfIds();
}
