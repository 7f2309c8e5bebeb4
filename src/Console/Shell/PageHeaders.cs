using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Shell;

/// <summary>What browsers are told about pages of the console: run our scripts only, let nobody frame them, keep nothing.</summary>
internal sealed class PageHeaders(RequestDelegate next)
{
    private const string Policy =
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; "
        + "frame-ancestors 'self'";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path == Paths.Overview || context.Request.Path.StartsWithSegments(Routes.Console))
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers.CacheControl = "no-cache, no-store";
            headers.Pragma = "no-cache";
        }
        return next(context);
    }
}
