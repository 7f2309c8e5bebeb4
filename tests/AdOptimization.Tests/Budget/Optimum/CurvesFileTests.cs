using MarketingPlatform.AdOptimization.Budget.Optimum;
using MarketingPlatform.Platform.CommandLine;
using Xunit;

namespace MarketingPlatform.AdOptimization.Tests.Budget.Optimum;

public sealed class CurvesFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    [Fact]
    public void Cells_are_read_with_their_bounds_and_divided()
    {
        File.WriteAllText(
            path,
            """
            {"cells": [
              {"name": "social", "kind": "hill", "scale": 10, "halfSaturation": 50, "shape": 2, "min": 5, "max": 80},
              {"name": "search", "kind": "power", "scale": 3, "shape": 0.5}
            ]}
            """
        );

        var report = EvaluateBudgetCommand.Solve(path, 100);

        Assert.Equal(["social", "search"], report.Cells.Select(c => c.Name));
        Assert.Equal(100, report.Spent, 9);
        Assert.InRange(report.Gap, 0, 1e-6);
    }

    [Fact]
    public void Channels_limit_what_their_cells_take_together()
    {
        File.WriteAllText(
            path,
            """
            {"cells": [
              {"name": "a", "channel": "social", "kind": "power", "scale": 3, "shape": 0.5},
              {"name": "b", "channel": "social", "kind": "power", "scale": 4, "shape": 0.5},
              {"name": "c", "kind": "power", "scale": 1, "shape": 0.5}
            ], "channels": [{"name": "social", "max": 25}]}
            """
        );

        var report = EvaluateBudgetCommand.Solve(path, 100);

        Assert.Equal([9, 16, 75], report.Cells.Select(c => Math.Round(c.Spend, 9)));
        Assert.InRange(report.Gap, 0, 1e-9);
    }

    [Theory]
    [InlineData("""{"cells": []}""", "at least one cell")]
    [InlineData("""{"cells": [{"name": "a", "kind": "cubic", "scale": 1}]}""", "kind \"cubic\" is not known")]
    [InlineData("""{"cells": [{"name": "a", "kind": "hill", "scale": 1, "shape": 1}]}""", "cell 1 (a): \"halfSaturation\" is missing")]
    [InlineData("""{"cells": [{"name": "a", "kind": "power", "scale": -1, "shape": 1}]}""", "scale is negative")]
    [InlineData("""{"cells": [{"name": "a", "kind": "power", "scale": 1, "shape": 1, "min": 9, "max": 3}]}""", "expected 0 ≤ min ≤ max")]
    [InlineData(
        """{"cells": [{"name": "a", "kind": "power", "scale": 1, "shape": 1, "min": 200, "max": 300}]}""",
        "minima of the cells sum to 200"
    )]
    [InlineData(
        """{"cells": [{"name": "a", "channel": "x", "kind": "power", "scale": 1, "shape": 1, "min": 9}], "channels": [{"name": "x", "max": 3}]}""",
        "The channel x may take 3, and the minima of its cells sum to 9"
    )]
    [InlineData(
        """{"cells": [{"name": "a", "kind": "power", "scale": 1, "shape": 1}], "channels": [{"name": "x", "max": 3}]}""",
        "channel 1 (x): no cell names it"
    )]
    [InlineData("{", "is not JSON")]
    public void A_bad_file_is_refused_with_the_place(string json, string reason)
    {
        File.WriteAllText(path, json);

        var refusal = Assert.Throws<CommandException>(() => EvaluateBudgetCommand.Solve(path, 100));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(path);
}
