using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.Customers.Tracker;

/// <summary><c>GET /mp.js</c>: the script that a shop's pages load to send what visitors do.</summary>
internal static class ServeTracker
{
    internal static readonly PublicScript Script = new(typeof(ServeTracker).Assembly, "mp.js");

    public static void Map(IEndpointRouteBuilder root) => Script.Map(root, Routes.Tracker);
}
