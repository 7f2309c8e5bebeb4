using System.Globalization;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>The platform that tests share.</summary>
[CollectionDefinition(Shared)]
public sealed class StandalonePlatform : OneProcess, ICollectionFixture<StandalonePlatform>
{
    public const string Shared = "one process";
}

/// <summary>Every service in one process, on a private PostgreSQL and the in-memory bus: <c>marketing up</c>.</summary>
public abstract class OneProcess : RunningPlatform
{
    public override int DoorPid => Up.Process.Id;

    protected override async Task<string> ConnectionStringAsync(string database)
    {
        // "database   127.0.0.1:5432, files in /…"
        var line = Up.Printed.Split('\n').First(text => text.Contains("files in ", StringComparison.Ordinal));
        var folder = line[(line.IndexOf("files in ", StringComparison.Ordinal) + "files in ".Length)..].Trim();
        var after = line[(line.IndexOf("127.0.0.1:", StringComparison.Ordinal) + "127.0.0.1:".Length)..];
        var port = int.Parse(after[..after.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        var password = await File.ReadAllTextAsync(Path.Combine(folder, "password"));
        return $"Host=127.0.0.1;Port={port};Username=marketing;Password={password.Trim()};Database={database}";
    }
}
