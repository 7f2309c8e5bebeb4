using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace MarketingPlatform.TestRun;

/// <summary>What the reports of all test projects add up to.</summary>
internal sealed record TestTotals(int Passed, int Failed, int Skipped)
{
    public int Ran => Passed + Failed;

    /// <summary>
    /// Adds up every xUnit report of a folder. An error outside of a test (a fixture that cannot be cleaned up) is a failure.
    /// </summary>
    public static TestTotals Read(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.xml", SearchOption.AllDirectories)
            .SelectMany(Assemblies)
            .Aggregate(
                new TestTotals(0, 0, 0),
                (sum, assembly) =>
                    new TestTotals(
                        sum.Passed + Count(assembly, "passed"),
                        sum.Failed + Count(assembly, "failed") + Count(assembly, "errors"),
                        sum.Skipped + Count(assembly, "skipped")
                    )
            );

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed")
        + (Skipped == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {Skipped} skipped"));

    // A process that was killed while it wrote leaves half a report; `dotnet test` reports that process by its exit code.
    private static IEnumerable<XElement> Assemblies(string file)
    {
        try
        {
            return [.. XDocument.Load(file).Descendants("assembly")];
        }
        catch (XmlException)
        {
            return [];
        }
    }

    private static int Count(XElement assembly, string name) =>
        int.TryParse(assembly.Attribute(name)?.Value, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
