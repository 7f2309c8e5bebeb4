using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketingPlatform.Platform.Hosting;

/// <summary>How this house writes JSON: camel case, names of enum members, no nulls.</summary>
public static class Json
{
    public static readonly JsonSerializerOptions Options = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    internal static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        return options;
    }
}
