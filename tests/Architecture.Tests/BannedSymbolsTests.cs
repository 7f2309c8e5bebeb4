using System.Diagnostics.CodeAnalysis;
using MarketingPlatform.Architecture.Tests.Rules;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Architecture.Tests;

public class BannedSymbolsTests
{
    /// <summary>Uses that are right, each with the reason.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["MarketingPlatform.Platform uses System.Random.get_Shared"] = "jitter between retries spreads load; no outcome depends on it",
    };

    private static string List => SourceTree.Read("BannedSymbols.txt");

    [Fact]
    public void The_list_of_banned_members_is_enforced_on_every_project() =>
        Assert.Empty(BannedSymbols.NotWired(SourceTree.Read("Directory.Build.props")));

    [Fact]
    public void A_list_that_nobody_reads_is_reported() =>
        Assert.Equal(
            [
                "BannedSymbols.txt is no AdditionalFile",
                "Microsoft.CodeAnalysis.BannedApiAnalyzers is not referenced",
                "warnings are no errors",
                "RS0030 is switched off",
            ],
            BannedSymbols.NotWired("<Project><PropertyGroup><NoWarn>$(NoWarn);RS0030</NoWarn></PropertyGroup></Project>")
        );

    [Theory]
    [InlineData("P:System.DateTime.Now;")]
    [InlineData("P:System.DateTime.UtcNow;")]
    [InlineData("P:System.DateTime.Today;")]
    [InlineData("P:System.DateTimeOffset.Now;")]
    [InlineData("P:System.DateTimeOffset.UtcNow;")]
    [InlineData("M:System.Threading.Thread.Sleep(System.Int32);")]
    [InlineData("M:System.Guid.NewGuid;")]
    [InlineData("P:System.Threading.Tasks.Task`1.Result;")]
    public void The_list_names(string symbol) => Assert.Contains(symbol, List, StringComparison.Ordinal);

    [Fact]
    public void No_room_uses_what_is_banned()
    {
        var rooms = SourceTree
            .Files("src", "*.csproj")
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Select(project => project == "MarketingPlatform.Cli" ? "marketing" : project)
            .Append("MarketingPlatform.ServiceDefaults");

        var used = rooms.SelectMany(room => BannedSymbols.UsedBy(House.Compiled(room), List));
        Assert.Empty(used.Except(Allowed.Keys));
    }

    /// <summary>The planted violator: <see cref="PlantedClock"/> of this assembly.</summary>
    [Fact]
    public void A_use_of_the_clock_of_the_machine_is_reported()
    {
        var used = BannedSymbols.UsedBy(Compiled.Of(typeof(PlantedClock).Assembly), List).ToArray();

        Assert.Contains("MarketingPlatform.Architecture.Tests uses System.DateTime.get_UtcNow", used);
        Assert.Contains("MarketingPlatform.Architecture.Tests uses System.Guid.NewGuid", used);
        Assert.Contains("MarketingPlatform.Architecture.Tests uses System.Threading.Tasks.Task`1.get_Result", used);
        Assert.DoesNotContain("MarketingPlatform.Architecture.Tests uses System.DateTime.get_Today", used);
    }

    private static class PlantedClock
    {
        [SuppressMessage("ApiDesign", "RS0030", Justification = "Planted.")]
        public static DateTime Now() => DateTime.UtcNow;

        [SuppressMessage("ApiDesign", "RS0030", Justification = "Planted.")]
        public static Guid Id() => Guid.NewGuid();

        [SuppressMessage("ApiDesign", "RS0030", Justification = "Planted.")]
        public static int Blocked(Task<int> task) => task.Result;
    }
}
