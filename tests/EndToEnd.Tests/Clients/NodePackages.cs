using MarketingPlatform.TestInfrastructure;

namespace MarketingPlatform.EndToEnd.Tests.Clients;

/// <summary>The client libraries of <c>package.json</c>, installed from npm once and kept under <c>artifacts/</c>.</summary>
internal static class NodePackages
{
    private static readonly string Source = Path.Combine(SourceTree.Root, "tests", "EndToEnd.Tests", "Clients");
    private static readonly string Folder = Path.Combine(SourceTree.Root, "artifacts", "clients");

    /// <returns>The folder with <c>calls.cjs</c> and the installed libraries; skips the test where npm is missing.</returns>
    public static async Task<string> InstallAsync(CancellationToken ct)
    {
        if (await Programs.RunAsync("npm", ["--version"], SourceTree.Root, ct) is null)
            Assert.Skip("npm is not on this machine: install Node.js 20 or later with npm (Debian: apt-get install nodejs npm).");
        Directory.CreateDirectory(Folder);
        foreach (var file in new[] { "package.json", "calls.cjs" })
            File.Copy(Path.Combine(Source, file), Path.Combine(Folder, file), overwrite: true);
        var (code, printed) = (
            await Programs.RunAsync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"], Folder, ct)
        )!.Value;
        Assert.True(code == 0, "npm install: " + printed);
        return Folder;
    }
}
