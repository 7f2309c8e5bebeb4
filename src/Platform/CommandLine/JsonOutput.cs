using System.Text.Json;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Platform.CommandLine;

/// <summary>How verbs print JSON: as the APIs do, indented.</summary>
public static class JsonOutput
{
    private static readonly JsonSerializerOptions Layout = new(Json.Options) { WriteIndented = true };

    public static Task WriteJsonAsync(this TextWriter output, object document)
    {
        ArgumentNullException.ThrowIfNull(output);
        return output.WriteLineAsync(JsonSerializer.Serialize(document, Layout));
    }
}
