using MarketingPlatform.Email.Automations.Definition;

namespace MarketingPlatform.Email.Automations.Forecast;

/// <summary>Steps at which those have been who come to another one.</summary>
/// <param name="Steps">Ids; who was at any of them.</param>
/// <param name="AtMost">Whether some of those may not come so far.</param>
internal sealed record Places(IReadOnlyList<string> Steps, bool AtMost)
{
    /// <summary>
    /// Nearest first: what the arms begin with (a step that became an arm was passed by the same people), what stands before it in the same
    /// list, then the step that has that list, and what stands before that.
    /// </summary>
    public static IReadOnlyList<Places> Before(Plan plan, ExperimentStep step)
    {
        List<Places> places = [];
        string[] firsts = [.. step.Arms.Where(arm => arm.Steps.Count > 0).Select(arm => arm.Steps[0].Id)];
        if (firsts.Length > 0)
            places.Add(new(firsts, false));
        var mayBeFewer = false;
        foreach (var (block, at) in PathTo(plan.Automation.Steps, step.Id).Reverse())
        {
            // Of a step further out, some took another of its ways.
            if (block[at].Id != step.Id)
            {
                mayBeFewer = true;
                places.Add(new([block[at].Id], true));
            }
            foreach (var before in block.Take(at).Reverse())
            {
                mayBeFewer |= before.Waits || before.Blocks.Any();
                places.Add(new([before.Id], mayBeFewer));
            }
        }
        return places;
    }

    /// <returns>From the whole inward: each list with the place in it that leads there; empty where it does not.</returns>
    private static IReadOnlyList<(IReadOnlyList<Step> Block, int At)> PathTo(IReadOnlyList<Step> block, string id)
    {
        for (var i = 0; i < block.Count; i++)
        {
            if (block[i].Id == id)
                return [(block, i)];
            foreach (var inner in block[i].Blocks)
                if (PathTo(inner, id) is { Count: > 0 } rest)
                    return [(block, i), .. rest];
        }
        return [];
    }
}
