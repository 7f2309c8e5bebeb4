using System.Diagnostics.Metrics;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.CircuitBreaker;
using Xunit;

namespace MarketingPlatform.Email.Tests;

public sealed class EmailPipelinesTests : IDisposable
{
    private static readonly Delivery Delivered = new(DeliveryOutcome.Delivered, "250 OK");
    private readonly FakeTimeProvider clock = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ServiceTelemetry serviceTelemetry;
    private readonly EmailTelemetry telemetry;

    public EmailPipelinesTests()
    {
        serviceTelemetry = new ServiceTelemetry("email", services.GetRequiredService<IMeterFactory>());
        telemetry = new EmailTelemetry(serviceTelemetry);
    }

    public void Dispose()
    {
        serviceTelemetry.Dispose();
        services.Dispose();
    }

    private CounterReading Counter(string name) => new(serviceTelemetry.Meter, name);

    private ResiliencePipeline<Delivery> SmtpRoute()
    {
        var pipeline = new ResiliencePipelineBuilder<Delivery> { TimeProvider = clock };
        EmailPipelines.ConfigureSmtpRoute(pipeline, telemetry, TimeSpan.FromSeconds(30));
        return pipeline.Build();
    }

    private ResiliencePipeline<RecommendationList> Recommendations()
    {
        var pipeline = new ResiliencePipelineBuilder<RecommendationList> { TimeProvider = clock };
        EmailPipelines.ConfigureRecommendations(pipeline, telemetry, TimeSpan.FromMilliseconds(200));
        return pipeline.Build();
    }

    // Lets fake time pass in small steps until the work is done: pauses carry jitter, so their exact length is not known.
    private async Task<T> RunAsync<T>(ValueTask<T> work)
    {
        var task = work.AsTask();
        while (!task.IsCompleted)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
        return await task;
    }

    [Fact]
    public async Task A_mail_server_that_cannot_be_reached_is_tried_again_after_a_pause()
    {
        using var retries = Counter("marketing.smtp.retries");
        var route = SmtpRoute();
        var started = clock.GetUtcNow();
        var attempts = 0;

        var delivery = await RunAsync(
            route.ExecuteAsync(
                _ => ValueTask.FromResult(++attempts < 3 ? new Delivery(DeliveryOutcome.Unreachable, "no connection") : Delivered),
                TestContext.Current.CancellationToken
            )
        );

        Assert.Equal(Delivered, delivery);
        Assert.Equal(3, attempts);
        Assert.True(clock.GetUtcNow() > started);
        Assert.Equal(2, retries.Sum);
    }

    [Theory]
    [InlineData(DeliveryOutcome.Deferred)]
    [InlineData(DeliveryOutcome.Refused)]
    [InlineData(DeliveryOutcome.Ambiguous)]
    public async Task What_the_server_said_of_a_mail_and_what_nobody_knows_is_not_tried_again_here(object outcome)
    {
        var attempts = 0;

        var delivery = await RunAsync(
            SmtpRoute()
                .ExecuteAsync(
                    _ =>
                    {
                        attempts++;
                        return ValueTask.FromResult(new Delivery((DeliveryOutcome)outcome, "550 no"));
                    },
                    TestContext.Current.CancellationToken
                )
        );

        Assert.Equal((DeliveryOutcome)outcome, delivery.Outcome);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task A_dead_route_is_left_alone_and_tried_again_later()
    {
        using var opened = Counter("marketing.smtp.route_opened");
        var route = SmtpRoute();
        var attempts = 0;
        using var stop = new CancellationTokenSource();
        // Six mails at once fail; their next attempts wait for a clock that stands still.
        var failing = Enumerable.Range(0, 6).Select(_ => route.ExecuteAsync(Fail, stop.Token).AsTask()).ToArray();

        await Assert.ThrowsAnyAsync<BrokenCircuitException>(() => route.ExecuteAsync(Fail, stop.Token).AsTask());

        Assert.Equal(6, attempts);
        // Polly tells of it in the background.
        await RunningEmail.EventuallyAsync(() => Task.FromResult(opened.Sum == 1));
        await stop.CancelAsync();
        await Task.WhenAll(failing.Select(task => Assert.ThrowsAnyAsync<OperationCanceledException>(() => task)));
        clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(Delivered, await route.ExecuteAsync(_ => ValueTask.FromResult(Delivered), TestContext.Current.CancellationToken));

        ValueTask<Delivery> Fail(CancellationToken _)
        {
            attempts++;
            return ValueTask.FromResult(new Delivery(DeliveryOutcome.Unreachable, "no connection"));
        }
    }

    [Fact]
    public async Task Mails_refused_by_their_recipients_do_not_close_the_route_for_others()
    {
        var route = SmtpRoute();
        for (var i = 0; i < 20; i++)
            await RunAsync(
                route.ExecuteAsync(
                    _ => ValueTask.FromResult(new Delivery(DeliveryOutcome.Deferred, "450 greylisted")),
                    TestContext.Current.CancellationToken
                )
            );

        Assert.Equal(
            Delivered,
            await RunAsync(route.ExecuteAsync(_ => ValueTask.FromResult(Delivered), TestContext.Current.CancellationToken))
        );
    }

    [Fact]
    public async Task Recommendations_that_come_in_time_are_used()
    {
        using var fallbacks = Counter("marketing.mails.without_recommendations");
        var answer = new RecommendationList("v1", []);

        var asking = Recommendations().ExecuteAsync(AnswersAfterAWhile, TestContext.Current.CancellationToken).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(100));
        var got = await asking.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Same(answer, got);
        Assert.Equal(0, fallbacks.Sum);

        async ValueTask<RecommendationList> AnswersAfterAWhile(CancellationToken ct)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, ct);
            return answer;
        }
    }

    [Fact]
    public async Task Recommendations_that_take_longer_than_200_ms_are_not_waited_for()
    {
        using var fallbacks = Counter("marketing.mails.without_recommendations");
        var asking = Recommendations().ExecuteAsync(NeverAnswers, TestContext.Current.CancellationToken).AsTask();

        clock.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(asking.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Same(
            EmailPipelines.NoRecommendations,
            await asking.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
        );
        Assert.Equal(1, fallbacks.Sum);

        static async ValueTask<RecommendationList> NeverAnswers(CancellationToken ct)
        {
            await Task.Delay(Timeout.Infinite, ct);
            return new RecommendationList("v1", []);
        }
    }

    [Fact]
    public async Task A_recommendation_service_that_is_down_costs_the_recommendations_and_not_the_mail()
    {
        using var fallbacks = Counter("marketing.mails.without_recommendations");

        var got = await RunAsync(Recommendations().ExecuteAsync(NobodyAnswers, TestContext.Current.CancellationToken));

        Assert.Same(EmailPipelines.NoRecommendations, got);
        Assert.Equal(1, fallbacks.Sum);

        static ValueTask<RecommendationList> NobodyAnswers(CancellationToken ct) => throw new HttpRequestException("refused");
    }

    private sealed class CounterReading : IDisposable
    {
        private readonly MeterListener listener = new();
        private long sum;

        public CounterReading(Meter meter, string name)
        {
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter == meter && instrument.Name == name)
                    self.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref sum, value));
            listener.Start();
        }

        public long Sum => Interlocked.Read(ref sum);

        public void Dispose() => listener.Dispose();
    }
}
