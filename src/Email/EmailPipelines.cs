using MarketingPlatform.Contracts.Recommendation;
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

    public static readonly RecommendationList NoRecommendations = new(null, []);

    public static IServiceCollection AddEmailPipelines(this IServiceCollection services) =>
        services.AddResiliencePipeline<string, RecommendationList>(
            Recommendations,
            (pipeline, context) =>
            {
                pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
                var options = context.ServiceProvider.GetRequiredService<IOptions<EmailOptions>>().Value;
                var telemetry = context.ServiceProvider.GetRequiredService<EmailTelemetry>();
                ConfigureRecommendations(pipeline, telemetry, options.RecommendationTimeout);
            }
        );

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
                    BreakDuration = TimeSpan.FromSeconds(15),
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
    ) =>
        pipeline
            .AddFallback(
                new FallbackStrategyOptions<RecommendationList>
                {
                    ShouldHandle = new PredicateBuilder<RecommendationList>().Handle<Exception>(e => e is not OperationCanceledException),
                    FallbackAction = _ => Outcome.FromResultAsValueTask(NoRecommendations),
                    OnFallback = _ =>
                    {
                        telemetry.WithoutRecommendations();
                        return default;
                    },
                }
            )
            .AddCircuitBreaker(
                // A whole send must not wait for each answer that does not come.
                new CircuitBreakerStrategyOptions<RecommendationList>
                {
                    ShouldHandle = new PredicateBuilder<RecommendationList>().Handle<Exception>(e => e is not OperationCanceledException),
                    FailureRatio = 0.8,
                    MinimumThroughput = 20,
                    SamplingDuration = TimeSpan.FromSeconds(10),
                    BreakDuration = TimeSpan.FromSeconds(5),
                }
            )
            .AddTimeout(timeout);
}
