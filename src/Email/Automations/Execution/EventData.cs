using System.Text.Json;

namespace MarketingPlatform.Email.Automations.Execution;

/// <summary>Fields of events' data that the platform itself reads.</summary>
internal static class EventData
{
    public const string Cart = "cart_id";
    public const string Order = "order_id";
    public const string Product = "product_id";

    /// <summary>Lines of a cart or an order, each with <c>productId</c>.</summary>
    public const string Lines = "lines";

    /// <summary>Which of a thing that comes again (a birthday's year).</summary>
    public const string Occasion = "occasion";

    public static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    /// <returns>Products that the event is about, each once.</returns>
    public static IEnumerable<string> Products(JsonElement data)
    {
        if (Text(data, Product) is { } product)
            return [product];
        return data.ValueKind == JsonValueKind.Object && data.TryGetProperty(Lines, out var lines) && lines.ValueKind == JsonValueKind.Array
            ? lines.EnumerateArray().Select(line => Text(line, "productId")).OfType<string>().Distinct()
            : [];
    }

    public static JsonElement WithProduct(JsonElement data, string product)
    {
        if (Text(data, Product) == product)
            return data;
        var members = data.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
        members[Product] = JsonSerializer.SerializeToElement(product);
        return JsonSerializer.SerializeToElement(members);
    }

    public static string? Text(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
