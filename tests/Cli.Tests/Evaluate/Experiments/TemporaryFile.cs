namespace MarketingPlatform.Cli.Tests.Evaluate.Experiments;

/// <summary>A file for one test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string content) => File.WriteAllText(Path, content);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"marketing-test-{Guid.CreateVersion7():N}");

    public void Dispose() => File.Delete(Path);
}
