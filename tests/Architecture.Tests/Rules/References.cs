using System.Xml.Linq;

namespace MarketingPlatform.Architecture.Tests.Rules;

/// <summary>Who may know whom.</summary>
internal static class References
{
    /// <returns>Assemblies of other services that this one was compiled against.</returns>
    public static IEnumerable<string> ToOtherServices(Compiled assembly, IReadOnlyCollection<string> services) =>
        assembly.References.Where(services.Contains).Where(name => name != assembly.Name).Select(name => $"{assembly.Name} uses {name}");

    /// <returns>Other services that a project file refers to, whether it uses them yet or not.</returns>
    public static IEnumerable<string> ToOtherServices(string project, string projectFile, IReadOnlyCollection<string> services) =>
        Items(projectFile, "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))
            .Where(services.Contains)
            .Where(name => name != project)
            .Select(name => $"{project} refers to {name}");

    /// <returns>What an assembly uses that .NET itself does not bring.</returns>
    public static IEnumerable<string> OutsideOfTheBaseLibrary(Compiled assembly) =>
        assembly.References.Where(name =>
            !name.StartsWith("System.", StringComparison.Ordinal) && name is not ("netstandard" or "mscorlib")
        );

    /// <returns>Types by which an assembly could touch files, networks, databases, processes, clocks or the console.</returns>
    public static IEnumerable<string> ToTheOutsideWorld(Compiled assembly) =>
        OutsideOfTheBaseLibrary(assembly)
            .Concat(assembly.Types.Where(type => Outside.Any(begin => type.StartsWith(begin, StringComparison.Ordinal))));

    public static IEnumerable<string> Items(string projectFile, string kind) =>
        XDocument.Parse(projectFile).Descendants(kind).Select(item => (string?)item.Attribute("Include")).OfType<string>();

    private static readonly string[] Outside =
    [
        "System.IO.",
        "System.Net.",
        "System.Data.",
        "System.Console",
        "System.Environment",
        "System.TimeProvider",
        "System.Diagnostics.Process",
        "System.Threading.Thread",
        "System.Threading.Timer",
    ];
}
