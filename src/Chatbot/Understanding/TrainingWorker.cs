using System.Diagnostics.Metrics;
using MarketingPlatform.Chatbot.Understanding.Classifier;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Understanding;

/// <param name="Progress">0 to 1; 1 where nothing trains.</param>
/// <param name="StartedAt">When the running or the last training began here; null before the first.</param>
/// <param name="Failure">Why the last one failed; it is tried again.</param>
internal sealed record TrainingState(bool Running, double Progress, DateTimeOffset? StartedAt, string? Failure);

/// <summary>
/// Trains in the background: at start, unless a model of the same examples and the same code is stored, and on request. Looks every few
/// seconds whether another instance trained. Messages are answered by the old model meanwhile; where there is none yet, by a linear one that
/// is trained first, in about a second.
/// </summary>
internal sealed class TrainingWorker(
    ChatbotDatabase database,
    ServingModel serving,
    IOptions<ChatbotOptions> options,
    TimeProvider clock,
    [FromKeyedServices(ChatbotModule.Service)] ServiceTelemetry telemetry,
    ILogger<TrainingWorker> log,
    ISentenceEncoder? encoder = null
) : BackgroundService, IProgress<double>
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim requests = new(0, 1);
    private readonly Lock requesting = new();
    private readonly Counter<long> trainings = telemetry.Meter.CreateCounter<long>(
        "marketing.model.trainings",
        "{training}",
        "Finished trainings."
    );

    private volatile TrainingState state = new(false, 1, null, null);

    /// <summary>What goes on in this instance.</summary>
    public TrainingState State => state;

    void IProgress<double>.Report(double value) => state = state with { Progress = Math.Round(value, 3) };

    /// <summary>Trains as soon as nothing else trains here; a second request before that is the same one.</summary>
    public void Request()
    {
        lock (requesting)
        {
            if (requests.CurrentCount == 0)
            {
                requests.Release();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WhenReadyAsync(stoppingToken);
        var (requested, looked) = (false, false);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Value.CheckEvery;
            try
            {
                await serving.RefreshAsync(stoppingToken);
                if (requested || !looked)
                {
                    await TrainFirstAsync(stoppingToken);
                    await TrainAsync(requested, stoppingToken);
                    (requested, looked) = (false, true);
                    SpentMemory.GiveBack();
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The serving model goes on answering, and what was requested still is.
                state = state with
                {
                    Running = false,
                    Progress = 1,
                    Failure = e.Message,
                };
                log.LogError(e, "Training failed; trying again in {Seconds} s", AfterFailure.TotalSeconds);
                pause = AfterFailure;
            }
            requested |= await requests.WaitAsync(pause, stoppingToken);
        }
    }

    /// <summary>Where nothing serves yet: the linear machines alone, so that visitors need not wait for the networks.</summary>
    private async Task TrainFirstAsync(CancellationToken ct)
    {
        if (serving.Current is not null)
            return;
        await using var work = await database.BeginAsync(ct);
        // A lock of its own: nobody should wait here while another instance trains the whole model.
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('chatbot.train_first_intents'))", null, ct);
        await serving.RefreshAsync(ct);
        if (serving.Current is not null)
            return;
        state = new TrainingState(true, 0, clock.GetUtcNow(), null);
        await StoreAsync(work, TrainingData.Embedded(), StoredModel.FirstFingerprint, networks: false, ct);
        await serving.RefreshAsync(ct);
    }

    private async Task TrainAsync(bool requested, CancellationToken ct)
    {
        var data = TrainingData.Embedded();
        // The module's id changes with any change of the code, and only then: builds are deterministic.
        var fingerprint =
            $"{data.Fingerprint}/{typeof(IntentTrainer).Module.ModuleVersionId:N}/{options.Value.FalseRejection:R}/{encoder?.Fingerprint}";
        using var activity = telemetry.Activities.StartActivity("chatbot.train_intents");
        await using var work = await database.BeginAsync(ct);
        // Of several instances that start together one trains; the others wait here and then find its model.
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('chatbot.train_intents'))", null, ct);
        var stored = await work.QuerySingleOrDefaultAsync<string>("select fingerprint from models where serving", null, ct);
        if (requested || stored != fingerprint)
        {
            state = new TrainingState(true, 0, clock.GetUtcNow(), null);
            activity?.SetTag("chatbot.model", await StoreAsync(work, data, fingerprint, networks: true, ct));
        }
        await serving.RefreshAsync(ct);
        state = state with { Running = false, Progress = 1 };
    }

    /// <returns>The version of the new model; it serves from here on.</returns>
    private async Task<string> StoreAsync(UnitOfWork work, TrainingData data, string fingerprint, bool networks, CancellationToken ct)
    {
        // A thread of its own: seconds of arithmetic must not keep the pool's few threads from answering.
        var trained = await Task.Factory.StartNew(
            () =>
                IntentTrainer.Train(
                    data.Examples,
                    null,
                    new TrainerOptions(Intents.OutOfScope, options.Value.FalseRejection, options.Value.TrainingThreads, encoder, networks),
                    clock,
                    networks ? this : null,
                    ct
                ),
            ct,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        var version = await ModelStore.SaveAsync(work, data, fingerprint, trained, clock.GetUtcNow(), options.Value.ModelsKept, ct);
        await work.CommitAsync(ct);
        trainings.Add(1, new KeyValuePair<string, object?>("model", "intents"));
        log.LogInformation(
            "Model {Version} from {Examples} examples: accuracy {Accuracy:0.000}, out of scope caught {Caught:0.000}, in {Seconds:0.0} s",
            version,
            data.Examples.Count,
            trained.Metrics.Accuracy,
            trained.Metrics.OutOfScopeRecall,
            trained.Metrics.TrainingSeconds
        );
        return version;
    }

    public override void Dispose()
    {
        requests.Dispose();
        base.Dispose();
    }
}
