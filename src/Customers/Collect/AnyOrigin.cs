using MarketingPlatform.Contracts;

namespace MarketingPlatform.Customers.Collect;

/// <summary>
/// Lets web pages of any origin send events: the key in them is public anyway and may do nothing else. No cookie is read, so no
/// credentials are allowed.
/// </summary>
internal static class AnyOrigin
{
    public static Task Handle(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments(Routes.Collect) || context.Request.Headers.Origin.Count == 0)
            return next(context);
        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.Headers.AccessControlExposeHeaders = "Retry-After";
        if (!HttpMethods.IsOptions(context.Request.Method))
            return next(context);
        context.Response.Headers.AccessControlAllowMethods = "POST";
        // Client libraries add headers of their own (RudderStack's: AnonymousId); none of them does harm.
        context.Response.Headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } asked
            ? asked
            : "Authorization, Content-Type, Content-Encoding";
        context.Response.Headers.AccessControlMaxAge = "86400";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
