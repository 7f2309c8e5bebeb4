using Xunit;

namespace MarketingPlatform.Cli.Tests;

public sealed class ProgramTests
{
    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_of_in_words_that_name_it()
    {
        var folder = Directory.CreateTempSubdirectory("marketing-cli-");
        var curves = Path.Combine(folder.FullName, "curves.json");
        await File.WriteAllTextAsync(
            curves,
            """{"cells": [{"name": "a", "kind": "power", "scale": 1, "shape": 0.5}]}""",
            TestContext.Current.CancellationToken
        );
        var output = Path.Combine(folder.FullName, "no-such-folder", "out.csv");
        var (said, before) = (new StringWriter(), System.Console.Error);
        System.Console.SetError(said);
        try
        {
            Assert.Equal(1, await Program.Main(["evaluate", "budget", "--curves", curves, "--total", "10", "--output", output]));
        }
        finally
        {
            System.Console.SetError(before);
            folder.Delete(recursive: true);
        }
        Assert.Contains(output, said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said.ToString(), StringComparison.Ordinal);
    }
}
