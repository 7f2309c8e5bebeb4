namespace MarketingPlatform.Cli.Tests;

/// <summary>Public sample data that may lie in <c>shared/data</c> beside the repository.</summary>
internal static class SharedData
{
    /// <returns>The path, or null where it is not there.</returns>
    public static string? Find(string set, string pattern)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "shared", "data", set) is var place && Directory.Exists(place))
                return Directory.EnumerateFiles(place, pattern).Order(StringComparer.Ordinal).FirstOrDefault();
        }
        return null;
    }
}
