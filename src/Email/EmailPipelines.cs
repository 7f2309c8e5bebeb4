using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Transport;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;
using Polly.Retry;

namespace MarketingPlatform.Email;

/// <summary>How this service meets failures of others, by name.</summary>
internal static class EmailPipelines
{
    /// <summary>To Recommendation: an answer within the timeout, or none.</summary>
    public const string Recommendations = "recommendations";

    /// <summary>To Recommendation for many customers at once.</summary>
    public const string RecommendationSets = "recommendation-sets";

    /// <summary>A question for five hundred customers may take as long as this many for one.</summary>
    private const int PatienceForSets = 5;

    public static readonly RecommendationList NoRecommendations = new(null, []);

    public static IServiceCollection AddEmailPipelines(this IServiceCollection services) =>
        services
            .AddResiliencePipeline<string, RecommendationList>(
                Recommendations,
                (pipeline, context) =>
                {
                    pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
                    var telemetry = context.ServiceProvider.GetRequiredService<EmailTelemetry>();
                    ConfigureRecommendations(pipeline, telemetry, TimeoutOf(context.ServiceProvider));
                }
            )
            .AddResiliencePipeline<string, RecommendationSet>(
                RecommendationSets,
                (pipeline, context) =>
                {
                    pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
                    // Who asked counts the mails.
                    Configure(pipeline, RecommendationSet.Nothing, TimeoutOf(context.ServiceProvider) * PatienceForSets, 2, () => { });
                }
            );

    private static TimeSpan TimeoutOf(IServiceProvider services) =>
        services.GetRequiredService<IOptions<EmailOptions>>().Value.RecommendationTimeout;

    /// <summary>
    /// To one mail server: a connection that failed is tried again soon, and a dead route is left alone for a while. What the server said
    /// of a mail is not tried again here but by the ledger, and an ambiguous delivery by nobody: twice is worse than late.
    /// </summary>
    internal static void ConfigureSmtpRoute(ResiliencePipelineBuilder<Delivery> pipeline, EmailTelemetry telemetry, TimeSpan timeout) =>
        pipeline
            .AddRetry(
                new RetryStrategyOptions<Delivery>
                {
                    ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result?.Outcome is DeliveryOutcome.Unreachable),
                    MaxRetryAttempts = 2,
                    Delay = TimeSpan.FromMilliseconds(500),
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    OnRetry = _ =>
                    {
                        telemetry.SmtpRetried();
                        return default;
                    },
                }
            )
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions<Delivery>
                {
                    ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result?.Outcome is DeliveryOutcome.Unreachable),
                    FailureRatio = 0.8,
                    MinimumThroughput = 6,
                    SamplingDuration = TimeSpan.FromSeconds(60),
                    // Routes that are missed again and again rest longer by themselves: see MailRoutes.
                    BreakDuration = TimeSpan.FromSeconds(5),
                    OnOpened = _ =>
                    {
                        telemetry.SmtpRouteOpened();
                        return default;
                    },
                }
            )
            .AddTimeout(timeout);

    internal static void ConfigureRecommendations(
        ResiliencePipelineBuilder<RecommendationList> pipeline,
        EmailTelemetry telemetry,
        TimeSpan timeout
    ) => Configure(pipeline, NoRecommendations, timeout, 20, () => telemetry.WithoutRecommendations(1));

    private static void Configure<T>(
        ResiliencePipelineBuilder<T> pipeline,
        T nothing,
        TimeSpan timeout,
        int questionsThatProve,
        Action onNothing
    ) =>
        pipeline
            .AddFallback(
                new FallbackStrategyOptions<T>
                {
                    ShouldHandle = new PredicateBuilder<T>().Handle<Exception>(e => e is not OperationCanceledException),
                    FallbackAction = _ => Outcome.FromResultAsValueTask(nothing),
                    OnFallback = _ =>
                    {
                        onNothing();
                        return default;
                    },
                }
            )
            .AddCircuitBreaker(
                // A whole send must not wait for each answer that does not come.
                new CircuitBreakerStrategyOptions<T>
                {
                    ShouldHandle = new PredicateBuilder<T>().Handle<Exception>(e => e is not OperationCanceledException),
                    FailureRatio = 0.8,
                    MinimumThroughput = questionsThatProve,
                    SamplingDuration = TimeSpan.FromSeconds(10),
                    BreakDuration = TimeSpan.FromSeconds(5),
                }
            )
            .AddTimeout(timeout);
}
