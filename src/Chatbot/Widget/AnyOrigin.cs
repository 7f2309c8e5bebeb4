using MarketingPlatform.Contracts;

namespace MarketingPlatform.Chatbot.Widget;

/// <summary>
/// Lets the shop's pages of any origin call the chat's door. What a call may do hangs on the secret in its body; no cookie is read, so no
/// credentials are allowed.
/// </summary>
internal static class AnyOrigin
{
    public static Task Handle(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments(Routes.ChatDoor) || context.Request.Headers.Origin.Count == 0)
            return next(context);
        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.Headers.AccessControlExposeHeaders = "Retry-After";
        if (!HttpMethods.IsOptions(context.Request.Method))
            return next(context);
        context.Response.Headers.AccessControlAllowMethods = "POST";
        context.Response.Headers.AccessControlAllowHeaders = "Content-Type";
        context.Response.Headers.AccessControlMaxAge = "86400";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
