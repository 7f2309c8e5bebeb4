using System.Text.Json;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Api;

/// <summary>
/// The keys that the first start of the platform left in <c>DATA/keys.json</c>, or those of the environment (<c>MARKETING_KEY_COLLECT</c>,
/// <c>_READ</c>, <c>_WRITE</c>, <c>_ADMIN</c>), where whoever started the platform holds them: the AppHost, a deployment.
/// </summary>
internal sealed record PlatformKeys(string Collect, string Read, string Write, string Admin)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    /// <exception cref="CommandException">There is no readable file of keys.</exception>
    public static PlatformKeys LoadFrom(string data) => FromEnvironment(Environment.GetEnvironmentVariable) ?? FromFile(data);

    /// <returns>Null where no key is given; a missing one among given ones is an error, not a reason to look elsewhere.</returns>
    internal static PlatformKeys? FromEnvironment(Func<string, string?> variable)
    {
        string[] names = ["MARKETING_KEY_COLLECT", "MARKETING_KEY_READ", "MARKETING_KEY_WRITE", "MARKETING_KEY_ADMIN"];
        var missing = names.Where(name => string.IsNullOrEmpty(variable(name))).ToArray();
        if (missing.Length == names.Length)
            return null;
        if (missing.Length > 0)
            throw new CommandException($"Some keys are given and others are not. Set also: {string.Join(", ", missing)}.");
        return new PlatformKeys(variable(names[0])!, variable(names[1])!, variable(names[2])!, variable(names[3])!);
    }

    private static PlatformKeys FromFile(string data)
    {
        var path = Path.GetFullPath(Path.Combine(data, "keys.json"));
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<PlatformKeys>(file, Json) ?? throw new JsonException("The file holds null.");
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(
                $"There are no keys at {path}. Start the platform with ./marketing up first, and give the same --data to both.",
                cause
            );
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The keys at {path} cannot be read: {cause.Message}", cause);
        }
    }
}
