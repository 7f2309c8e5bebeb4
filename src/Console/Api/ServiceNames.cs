namespace MarketingPlatform.Console.Api;

/// <summary>Services as people call them.</summary>
internal static class ServiceNames
{
    public static string TitleOf(string service) =>
        service switch
        {
            "ads" => "Advertising",
            { Length: > 0 } => char.ToUpperInvariant(service[0]) + service[1..],
            _ => "The platform",
        };
}
