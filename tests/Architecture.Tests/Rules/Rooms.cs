namespace MarketingPlatform.Architecture.Tests.Rules;

/// <summary>Path = sentence: <c>tests/Email.Tests/Sending/…</c> tests <c>src/Email/Sending/…</c>.</summary>
internal static class Rooms
{
    /// <summary>Tests of no single room.</summary>
    private static readonly HashSet<string> OfTheHouse = ["Architecture", "EndToEnd", "Deploy", "Docs"];

    /// <summary>Folders of a test project that hold what its tests need.</summary>
    private static readonly HashSet<string> Equipment = ["Samples", "Data", "Support", "Fixtures", "Published"];

    /// <param name="testClasses">Paths of test classes, relative to the repository, with <c>/</c>.</param>
    /// <param name="folderExists">Whether the repository has this folder.</param>
    public static IEnumerable<string> Homeless(IEnumerable<string> testClasses, Func<string, bool> folderExists) =>
        testClasses
            .Select(path => path.Split('/'))
            .Where(path => !OfTheHouse.Contains(RoomOf(path)))
            .Where(path => !Candidates(path).Any(folderExists))
            .Select(path => $"{string.Join('/', path)} tests no folder of src/{RoomOf(path)}");

    private static string RoomOf(string[] path) =>
        path[1].EndsWith(".Tests", StringComparison.Ordinal) ? path[1][..^".Tests".Length] : path[1];

    private static IEnumerable<string> Candidates(string[] path)
    {
        var within = path[2..^1].TakeWhile(folder => !Equipment.Contains(folder)).ToArray();
        foreach (var room in new[] { "src/" + RoomOf(path), "tests/" + RoomOf(path), "MarketingPlatform." + RoomOf(path) })
            yield return string.Join('/', [room, .. within]);
    }
}
