using System.Text.RegularExpressions;

namespace MarketingPlatform.TestInfrastructure;

/// <summary>The repository that the tests were built from, for tests that read its files.</summary>
public static class SourceTree
{
    private const string Solution = "MarketingPlatform.sln";

    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every service: a folder of <c>src</c> with a module. A new one is found by itself.</summary>
    public static IReadOnlyList<ServiceSource> Services { get; } =
    [
        .. Directory
            .EnumerateDirectories(Path.Combine(Root, "src"))
            .Where(folder => File.Exists(Path.Combine(folder, Path.GetFileName(folder) + "Module.cs")))
            .Order(StringComparer.Ordinal)
            .Select(ServiceSource.Read),
    ];

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    /// <returns>Files below a folder of the repository, without what a build made there.</returns>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories).Where(IsSource);

    private static bool IsSource(string file) =>
        !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
                return folder.FullName;
        throw new InvalidOperationException($"{Solution} is not above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}

/// <summary>What a service's source says about how it is run.</summary>
/// <param name="Folder">Folder below <c>src</c>, which is also the end of its namespace: <c>AdOptimization</c>.</param>
/// <param name="Name">Discovery name, as the module has it: <c>adoptimization</c>.</param>
/// <param name="Connections">Names of the connection strings of its databases.</param>
/// <param name="Calls">Discovery names of the services that it calls.</param>
public sealed partial record ServiceSource(string Folder, string Name, IReadOnlyList<string> Connections, IReadOnlyList<string> Calls)
{
    public string Project => $"MarketingPlatform.{Folder}";

    internal static ServiceSource Read(string path)
    {
        var folder = Path.GetFileName(path);
        var module = File.ReadAllText(Path.Combine(path, folder + "Module.cs"));
        var all = string.Concat(Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        return new ServiceSource(folder, NameOf(module, folder), Texts(DatabasePattern(), all), Texts(ClientPattern(), all));
    }

    private static string NameOf(string module, string folder)
    {
        var said = NamePattern().Match(module) is { Success: true } match
            ? match.Groups["value"].Value
            : throw new InvalidOperationException($"{folder}Module.cs has no 'public string Name => …'.");
        if (said[0] == '"')
            return said.Trim('"');
        var constant = Regex.Match(module, $@"const string {Regex.Escape(said)} = ""(?<value>[^""]+)""");
        return constant.Success
            ? constant.Groups["value"].Value
            : throw new InvalidOperationException($"{folder}Module.cs: the constant {said} was not found.");
    }

    private static string[] Texts(Regex pattern, string source) =>
        [.. pattern.Matches(source).Select(match => match.Groups["value"].Value).Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex("""public string Name => (?<value>"[^"]+"|\w+);""")]
    private static partial Regex NamePattern();

    [GeneratedRegex("""AddServiceDatabase<\w+>\([^;)]*?"(?<value>[\w-]+-db)"\s*\)""")]
    private static partial Regex DatabasePattern();

    [GeneratedRegex("""AddServiceClient<\w+>\(\s*"(?<value>[\w-]+)"\s*\)""")]
    private static partial Regex ClientPattern();
}
