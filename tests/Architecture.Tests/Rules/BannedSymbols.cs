using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MarketingPlatform.Architecture.Tests.Rules;

/// <summary>Time, chance and ids come in: what would take them from the surroundings is banned in BannedSymbols.txt.</summary>
internal static partial class BannedSymbols
{
    /// <returns>What keeps the list from being enforced on every project.</returns>
    public static IEnumerable<string> NotWired(string directoryBuildProps)
    {
        var props = XDocument.Parse(directoryBuildProps);
        if (!Includes(props, "AdditionalFiles").Any(file => file.EndsWith("BannedSymbols.txt", StringComparison.Ordinal)))
            yield return "BannedSymbols.txt is no AdditionalFile";
        if (!Includes(props, "PackageReference").Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers"))
            yield return "Microsoft.CodeAnalysis.BannedApiAnalyzers is not referenced";
        if ((string?)props.Descendants("TreatWarningsAsErrors").SingleOrDefault() != "true")
            yield return "warnings are no errors";
        if (props.Descendants("NoWarn").Any(e => e.Value.Contains("RS0030", StringComparison.Ordinal)))
            yield return "RS0030 is switched off";
    }

    /// <returns>Banned members that an assembly uses all the same (a suppressed warning, a project that left the list out).</returns>
    public static IEnumerable<string> UsedBy(Compiled assembly, string list) =>
        Symbol()
            .Matches(list)
            .SelectMany(symbol => Compiles(symbol, assembly))
            .Select(member => $"{assembly.Name} uses {member[..member.IndexOf('/', StringComparison.Ordinal)]}");

    private static IEnumerable<string> Compiles(Match symbol, Compiled assembly)
    {
        var (type, member, parameters) = (symbol.Groups["type"].Value, symbol.Groups["member"].Value, symbol.Groups["parameters"]);
        var name = symbol.Groups["kind"].Value == "P" ? "get_" + member : member.Replace('#', '.');
        var count = parameters.Success ? parameters.Value.Count(c => c == ',') + 1 : 0;
        return assembly.Members.Contains($"{type}.{name}/{count}") ? [$"{type}.{name}/{count}"] : [];
    }

    private static IEnumerable<string> Includes(XDocument props, string item) =>
        props.Descendants(item).Select(e => (string?)e.Attribute("Include")).OfType<string>();

    [GeneratedRegex("""^(?<kind>[PM]):(?<type>[\w.`]+)\.(?<member>[\w#]+)(\((?<parameters>[^)]*)\))?;""", RegexOptions.Multiline)]
    private static partial Regex Symbol();
}
