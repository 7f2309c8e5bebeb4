using System.Security.Cryptography;
using System.Text.Json;

namespace MarketingPlatform.Standalone;

/// <summary>Keys made on the first start, in <c>DATA/keys.json</c>, which only its owner may read.</summary>
/// <param name="Services">The key that services share.</param>
/// <param name="Console">The key of the console; files that were made before it had one get it at the next start.</param>
public sealed record KeyFile(string Collect, string Read, string Write, string Admin, string Services, string? Console = null)
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The settings that make these keys known to the services.</summary>
    public IReadOnlyDictionary<string, string> Settings() =>
        new Dictionary<string, string>
        {
            ["Services:Key"] = Services,
            ["Services:ConsoleKey"] = Console!,
            ["Gateway:SeedKeys:collect"] = Collect,
            ["Gateway:SeedKeys:read"] = Read,
            ["Gateway:SeedKeys:write"] = Write,
            ["Gateway:SeedKeys:admin"] = Admin,
        };

    /// <exception cref="StandaloneException">The file is there and cannot be used.</exception>
    public static KeyFile LoadOrCreate(string path)
    {
        if (File.Exists(path))
        {
            try
            {
                return JsonSerializer.Deserialize<KeyFile>(File.ReadAllText(path), Layout) is { } known && known.IsComplete()
                    ? known.WithConsole(path)
                    : throw new StandaloneException(
                        $"{path} lacks a key. Delete the file to have new keys made, or put the missing one back."
                    );
            }
            catch (JsonException)
            {
                throw new StandaloneException($"{path} is not valid JSON. Mend it, or delete it to have new keys made.");
            }
        }
        var keys = new KeyFile(Create("collect"), Create("read"), Create("write"), Create("admin"), Create("services"), Create("console"));
        WritePrivately(path, JsonSerializer.Serialize(keys, Layout));
        return keys;
    }

    private KeyFile WithConsole(string path)
    {
        if (!string.IsNullOrWhiteSpace(Console))
            return this;
        var keys = this with { Console = Create("console") };
        WritePrivately(path, JsonSerializer.Serialize(keys, Layout));
        return keys;
    }

    private bool IsComplete() => new[] { Collect, Read, Write, Admin, Services }.All(key => !string.IsNullOrWhiteSpace(key));

    private static string Create(string scope) =>
        $"mp_{scope}_{System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24))}";

    private static void WritePrivately(string path, string text)
    {
        // Never readable by others, not even for a moment; never half-written.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var draft = path + ".new";
        File.Delete(draft);
        using (var writer = new StreamWriter(draft, options))
            writer.Write(text);
        File.Move(draft, path, overwrite: true);
    }
}
