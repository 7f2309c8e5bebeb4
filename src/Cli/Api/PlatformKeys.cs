using System.Text.Json;

namespace MarketingPlatform.Cli.Api;

/// <summary>The keys that the first start of the platform left in <c>DATA/keys.json</c>.</summary>
internal sealed record PlatformKeys(string Collect, string Read, string Write, string Admin)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    /// <exception cref="CommandFailure">There is no readable file of keys.</exception>
    public static PlatformKeys LoadFrom(string data)
    {
        var path = Path.GetFullPath(Path.Combine(data, "keys.json"));
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<PlatformKeys>(file, Json) ?? throw new JsonException("The file holds null.");
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailure(
                $"There are no keys at {path}. Start the platform with ./marketing up first, and give the same --data to both.",
                cause
            );
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"The keys at {path} cannot be read: {cause.Message}", cause);
        }
    }
}
