using Xunit;

namespace MarketingPlatform.Experimentation.Tests;

/// <summary>Public data beside the repository.</summary>
internal static class SharedData
{
    /// <summary>Skips the test where the file is not there.</summary>
    public static string Find(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine([folder.FullName, "shared", "data", .. parts]);
            if (File.Exists(file))
                return file;
        }
        Assert.Skip($"../shared/data/{string.Join('/', parts)} is not there.");
        return null!;
    }
}
