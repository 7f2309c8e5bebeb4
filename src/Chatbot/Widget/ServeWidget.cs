using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.Chatbot.Widget;

/// <summary><c>GET /chat.js</c>: the script that brings the chat onto a shop's pages.</summary>
internal static class ServeWidget
{
    internal static readonly PublicScript Script = new(typeof(ServeWidget).Assembly, "chat.js");

    public static void Map(IEndpointRouteBuilder root) => Script.Map(root, Routes.ChatScript);
}
