namespace MarketingPlatform.Customers.Tests;

/// <summary>Public sample data that may lie in <c>shared/data</c> beside the repository.</summary>
internal static class SharedData
{
    /// <returns>The files, or none where the folder is missing.</returns>
    public static IReadOnlyList<string> Files(string set, string pattern)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data", set) is var place && Directory.Exists(place))
                return Directory.GetFiles(place, pattern);
        return [];
    }
}
