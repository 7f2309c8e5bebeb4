namespace MarketingPlatform.TestInfrastructure;

/// <summary>The public data sets beside the repository, which the product never needs.</summary>
public static class SharedData
{
    /// <returns>The file's path, or null where it is not there: the test then skips, with <see cref="Missing"/>.</returns>
    public static string? Find(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine([folder.FullName, "shared", "data", .. parts]);
            if (File.Exists(file))
                return file;
        }
        return null;
    }

    public const string Missing = "../shared/data is not there.";
}
