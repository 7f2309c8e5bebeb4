using System.Text.RegularExpressions;

namespace MarketingPlatform.AppHost.Tests;

/// <summary>A resource of the AppHost.</summary>
/// <param name="Name">Its name, which is also its discovery or connection name.</param>
/// <param name="Kind">The method that added it: AddProject, AddDatabase, …</param>
/// <param name="Project">For a project, its type: <c>MarketingPlatform_Email</c>.</param>
/// <param name="Calls">Every later call on it: method, and its arguments as written.</param>
internal sealed record Resource(string Name, string Kind, string Project, IReadOnlyList<(string Method, string Arguments)> Calls)
{
    public bool Has(string method, string argument) =>
        Calls.Any(call => call.Method == method && call.Arguments.Split(',')[0].Trim() == argument);
}

/// <summary>
/// The resources that AppHost.cs declares, read from its text: one fluent statement a resource. Not a C# parser; what it cannot read
/// is a resource that the rules then miss and report.
/// </summary>
internal sealed partial class Model
{
    private readonly Dictionary<string, Resource> byVariable = [];
    private readonly List<Resource> all = [];

    public IReadOnlyList<Resource> Resources => all;

    public static Model Read(string source)
    {
        var model = new Model();
        foreach (var statement in Comment().Replace(source, "").Split(";\n"))
            model.Take(statement.Trim());
        return model;
    }

    public Resource? Find(string name) => all.SingleOrDefault(resource => resource.Name == name);

    /// <returns>Names of the resources that are given to one by <c>WithReference</c>.</returns>
    public IReadOnlySet<string> GivenTo(Resource resource) =>
        Current(resource)
            .Calls.Where(call => call.Method == "WithReference")
            .Select(call => byVariable.TryGetValue(call.Arguments.Trim(), out var given) ? given.Name : $"unknown {call.Arguments}")
            .ToHashSet();

    private Resource Current(Resource resource) => all.Single(other => other.Name == resource.Name);

    private void Take(string statement)
    {
        if (Declaration().Match(statement) is { Success: true } declaration)
        {
            var resource = new Resource(
                declaration.Groups["name"].Value,
                declaration.Groups["kind"].Value,
                declaration.Groups["project"].Value,
                CallsIn(statement[(declaration.Index + declaration.Length)..])
            );
            all.Add(resource);
            if (declaration.Groups["variable"] is { Success: true } variable)
                byVariable[variable.Value] = resource;
        }
        else if (More().Match(statement) is { Success: true } more && byVariable.TryGetValue(more.Groups["variable"].Value, out var known))
        {
            var grown = known with { Calls = [.. known.Calls, .. CallsIn(statement)] };
            all[all.IndexOf(known)] = byVariable[more.Groups["variable"].Value] = grown;
        }
    }

    private static List<(string, string)> CallsIn(string chain)
    {
        var calls = new List<(string, string)>();
        for (var at = 0; Call().Match(chain, at) is { Success: true } call; )
        {
            var begin = call.Index + call.Length;
            var end = EndOfArguments(chain, begin);
            calls.Add((call.Groups["method"].Value, chain[begin..end]));
            at = end;
        }
        return calls;
    }

    private static int EndOfArguments(string chain, int at)
    {
        for (var depth = 1; at < chain.Length; at++)
        {
            depth += chain[at] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth == 0)
                break;
        }
        return at;
    }

    [GeneratedRegex(@"^\s*//[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(
        """^(var\s+(?<variable>\w+)\s*=\s*)?\w+\s*\.(?<kind>Add\w+)(<Projects\.(?<project>\w+)>)?\(\s*"(?<name>[\w-]+)"[^()]*(\([^()]*\)[^()]*)*\)"""
    )]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^(?<variable>\w+)\s*\.With")]
    private static partial Regex More();

    [GeneratedRegex(@"\.(?<method>\w+)\(")]
    private static partial Regex Call();
}
