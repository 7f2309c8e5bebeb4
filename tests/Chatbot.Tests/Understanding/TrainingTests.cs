using System.Diagnostics.Metrics;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding;

public sealed class TrainingTests(RunningChatbot bot) : IClassFixture<RunningChatbot>
{
    [Fact]
    public async Task A_model_is_trained_at_start_stored_with_its_metrics_and_answers()
    {
        await SettledAsync();

        var answer = await bot.SaysAsync("hello");
        var models = await bot.GetAsync<Page<ModelView>>("/models");
        var serving = Assert.Single(models.Items, m => m.Serving);
        Assert.Equal(answer.ModelVersion, serving.Version);
        Assert.Equal(TrainingData.Embedded().Examples.Count, serving.Examples);
        // It knows three languages from a few sentences each.
        Assert.InRange(serving.Metrics.GetProperty("accuracy").GetDouble(), 0.75, 1);
        Assert.InRange(serving.Threshold, 0.05, 0.95);
    }

    [Fact]
    public async Task A_retraining_replaces_the_model_while_messages_are_answered()
    {
        var earlier = await SettledAsync();
        var before = (await bot.SaysAsync("hello")).ModelVersion;
        using var response = await bot.Client(Scope.Write)
            .PostAsync(new Uri(Routes.Chat + "/train", UriKind.Relative), null, RunningChatbot.Ct);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);

        var after = before;
        while (after == before)
        {
            after = (await bot.SaysAsync("hello")).ModelVersion;
        }
        await SettledAsync(since: earlier.StartedAt);

        Assert.Equal(after, Assert.Single((await bot.GetAsync<Page<ModelView>>("/models")).Items, m => m.Serving).Version);
    }

    [Fact]
    public async Task A_second_instance_serves_the_stored_model_instead_of_training_again()
    {
        await SettledAsync();
        // Not the version that the first instance answers with: it looks for what another stored every few seconds.
        var stored = Assert.Single((await bot.GetAsync<Page<ModelView>>("/models")).Items, model => model.Serving).Version;
        var second = new RunningChatbot();
        await second.StartAsync(bot);
        await using var _ = second;

        Assert.Equal(stored, (await second.SaysAsync("hello")).ModelVersion);
    }

    [Fact]
    public async Task The_progress_of_a_training_is_told()
    {
        await bot.SaysAsync("hello");

        var state = await bot.GetAsync<TrainingState>("/train");

        Assert.NotNull(state.StartedAt);
        Assert.InRange(state.Progress, 0, 1);
        Assert.Null(state.Failure);
    }

    [Fact]
    public async Task A_stored_model_that_this_version_cannot_read_is_replaced_by_one_that_it_can()
    {
        await SettledAsync();
        var before = (await bot.SaysAsync("hello")).ModelVersion;
        await bot.Database.ExecuteAsync(
            """
            with old as (update models set serving = false where serving returning *)
            insert into models (version, trained_at, fingerprint, examples, intents, temperature, threshold, metrics, content, serving)
            select 'of-an-older-version', trained_at, 'other', examples, intents, temperature, threshold, metrics, '\x504b0304', true from old
            """,
            null,
            RunningChatbot.Ct
        );
        var second = new RunningChatbot();
        await second.StartAsync(bot);
        await using var _ = second;

        var after = (await second.SaysAsync("hello")).ModelVersion;
        Assert.NotEqual("of-an-older-version", after);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task A_read_key_may_not_retrain()
    {
        using var response = await bot.Client(Scope.Read)
            .PostAsync(new Uri(Routes.Chat + "/train", UriKind.Relative), null, RunningChatbot.Ct);

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_age_of_the_serving_model_is_measured()
    {
        await bot.SaysAsync("hello");
        var meters = bot.Services.GetRequiredService<IMeterFactory>();
        var ages = new List<double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "marketing.model.age" && instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, age, _, _) => ages.Add(age));
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.InRange(Assert.Single(ages), 0, 600);
    }

    /// <summary>Waits until a training has ended here: within seconds of a start, the whole model takes the quick one's place.</summary>
    private async Task<TrainingState> SettledAsync(DateTimeOffset? since = null)
    {
        while (true)
        {
            var state = await bot.GetAsync<TrainingState>("/train");
            if (!state.Running && state.StartedAt > (since ?? DateTimeOffset.MinValue))
                return state;
            // A training is real work on a thread of its own.
            await Task.Delay(20, RunningChatbot.Ct);
        }
    }
}
