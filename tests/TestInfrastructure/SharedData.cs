namespace MarketingPlatform.TestInfrastructure;

/// <summary>The public data sets beside the repository, which the product never needs: a test skips without them, with <see cref="Missing"/>.</summary>
public static class SharedData
{
    public const string Missing = "../shared/data is not there.";

    /// <returns>The file's path, or null where it is not there.</returns>
    public static string? Find(params string[] parts) => Above(parts, File.Exists);

    /// <returns>The paths of a set's files, by name; none where the set is not there.</returns>
    public static IReadOnlyList<string> Files(string set, string pattern) =>
        Above([set], Directory.Exists) is { } folder ? [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)] : [];

    private static string? Above(string[] parts, Predicate<string> exists)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine([folder.FullName, "shared", "data", .. parts]);
            if (exists(path))
                return path;
        }
        return null;
    }
}
