using System.Globalization;
using System.Text.Json;
using System.Threading.RateLimiting;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketingPlatform.Platform.Http;

/// <summary>Limits of the public door; bound from the section <c>Http</c>.</summary>
public sealed class HttpLimits
{
    public const string Section = "Http";

    /// <value>Bytes of a request body, after decompression. Default 1 MiB; an endpoint may state its own.</value>
    public long MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <value>Requests a second that one key may send, averaged over ten seconds. Default 2,000.</value>
    public int RequestsPerSecond { get; init; } = 2000;
}

/// <summary>Marks an endpoint that hands requests on as they are: bodies stay compressed, and their size is the receiver's concern.</summary>
public sealed class PassesThrough : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => null;
}

/// <summary>What all services share at the HTTP edge: problem details for every failure, body limits, rate limits, decompression.</summary>
internal static class HttpRules
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    public static void AddHttpRules(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<HttpLimits>().BindConfiguration(HttpLimits.Section).ValidateOnStart();
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails();
        builder.Services.AddRequestDecompression();
        builder
            .Services.AddOptions<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>()
            .Configure<IOptions<HttpLimits>>((kestrel, limits) => kestrel.Limits.MaxRequestBodySize = limits.Value.MaxBodyBytes);
        builder
            .Services.AddOptions<RateLimiterOptions>()
            .Configure<IOptions<HttpLimits>>((limiter, limits) => ConfigureRateLimits(limiter, limits.Value));
        builder.Services.AddRateLimiter(_ => { });
    }

    public static void UseHttpRules(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(
            new ExceptionHandlerOptions { ExceptionHandler = AnswerException, SuppressDiagnosticsCallback = IsCallersFault }
        );
        app.UseStatusCodePages(AnswerStatusCode);
        app.UseRouting();
        // After routing, so that an endpoint's own size limit counts, and a body that only passes through stays as it is.
        app.UseWhen(
            context => context.GetEndpoint()?.Metadata.GetMetadata<PassesThrough>() is null,
            branch => branch.UseRequestDecompression()
        );
    }

    /// <summary>An endpoint that states neither scope nor anonymity is a hole: the host does not start with one.</summary>
    public static void RefuseUnguardedEndpoints(this WebApplication app)
    {
        var open = ((IEndpointRouteBuilder)app)
            .DataSources.SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is null)
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Select(endpoint => endpoint.RoutePattern.RawText)
            .ToArray();
        if (open.Length > 0)
            throw new InvalidOperationException($"State RequireScope or AllowAnonymous on: {string.Join(", ", open)}");
    }

    private static void ConfigureRateLimits(RateLimiterOptions limiter, HttpLimits limits)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        {
            var caller = context.User.FindFirst(TokenClaims.Key)?.Value;
            return caller is null
                ? RateLimitPartition.GetNoLimiter("")
                : RateLimitPartition.GetFixedWindowLimiter(
                    caller,
                    _ => new FixedWindowRateLimiterOptions
                    {
                        Window = RateWindow,
                        PermitLimit = (int)Math.Min(int.MaxValue, limits.RequestsPerSecond * RateWindow.TotalSeconds),
                    }
                );
        });
        limiter.OnRejected = async (context, ct) =>
        {
            var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : RateWindow;
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await Write(
                context.HttpContext,
                Problem.Details(429, "too-many-requests", "Too many requests", $"Wait {seconds} seconds, then send the request again.")
            );
        };
    }

    private static Task AnswerException(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (error is DatabaseNotReadyException or TokenKeysAwayException)
            context.Response.Headers.RetryAfter = "5";
        return Write(context, Explain(error));
    }

    /// <summary>What a caller is told of a failure: never a stack, always what to do.</summary>
    internal static ProblemDetails Explain(Exception? error) =>
        error switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.Details(
                413,
                "body-too-large",
                "The request body is too large",
                "Send less in one request: split the batch or the file."
            ),
            BadHttpRequestException { InnerException: JsonException json } => Problem.Details(
                400,
                "malformed-json",
                "The body is not valid JSON",
                WhereOf(json)
            ),
            JsonException json => Problem.Details(400, "malformed-json", "The body is not valid JSON", WhereOf(json)),
            BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problem.Details(
                415,
                "unsupported-media-type",
                "This content type is not understood here",
                "Send the body as application/json."
            ),
            BadHttpRequestException bad => Problem.Details(bad.StatusCode, "bad-request", "The request is not valid", bad.Message),
            InvalidDataException => Problem.Details(
                400,
                "malformed-body",
                "The body cannot be decompressed",
                "Check that Content-Encoding names how the body is compressed."
            ),
            TokenKeysAwayException => Problem.Details(
                503,
                "token-keys-away",
                "Tokens cannot be verified yet",
                "The service that issues tokens does not answer. Send the request again in a few seconds."
            ),
            PostgresException postgres when IsUnstorableText(postgres) => Problem.Details(
                400,
                "unstorable-text",
                "A text cannot be stored",
                "A text of the request has the character U+0000 (\\u0000 or %00) or a broken one. Take it out and send the request again."
            ),
            DatabaseNotReadyException notReady => Problem.Details(503, "starting", "The service is not ready yet", notReady.Message),
            _ => Problem.Details(
                500,
                "internal",
                "Something went wrong here",
                "Nothing was stored. Send the request again; if it fails again, look at the log of the service."
            ),
        };

    private static string WhereOf(JsonException json) =>
        json.LineNumber is { } line
            ? $"Correct line {line + 1}, byte {json.BytePositionInLine + 1}"
                + (string.IsNullOrEmpty(json.Path) || json.Path == "$" ? "." : $" ({json.Path}).")
            : "Correct the JSON: " + json.Message;

    private static bool IsCallersFault(ExceptionHandlerSuppressDiagnosticsContext context) =>
        context.Exception is BadHttpRequestException or JsonException or InvalidDataException
        || context.Exception is PostgresException postgres && IsUnstorableText(postgres);

    private static bool IsUnstorableText(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter;

    private static Task AnswerStatusCode(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var (slug, title, detail) = http.Response.StatusCode switch
        {
            401 => (
                "missing-key",
                "No valid key or token",
                "Send 'Authorization: Bearer KEY' with a key of this platform, or the key as the user name of basic authentication."
            ),
            403 => ("insufficient-scope", "This key may not do that", "Use a key with the scope that the endpoint asks for."),
            404 => ("no-such-path", "There is nothing at this path", "See /docs for all paths."),
            405 => ("method-not-allowed", "This path does not take that method", "See /docs for the methods of each path."),
            413 => ("body-too-large", "The request body is too large", "Send less in one request: split the batch or the file."),
            415 => ("unsupported-media-type", "This content type is not understood here", "Send the body as application/json."),
            _ => ("http-" + http.Response.StatusCode, "The request failed", "See /docs for what this path takes."),
        };
        return Write(http, Problem.Details(http.Response.StatusCode, slug, title, detail));
    }

    private static Task Write(HttpContext context, ProblemDetails details)
    {
        context.Response.StatusCode = details.Status ?? 500;
        return context.Response.WriteAsJsonAsync(details, details.GetType(), options: null, contentType: "application/problem+json");
    }
}
