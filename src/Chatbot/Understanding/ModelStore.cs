using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>A row of <c>models</c>, ready to serve.</summary>
internal sealed record StoredModel(
    long Id,
    string Version,
    DateTimeOffset TrainedAt,
    string Fingerprint,
    double Temperature,
    double Threshold,
    byte[] Content
)
{
    /// <summary>In place of a fingerprint: a first model of a fresh start, without networks. No whole model has it, so one is trained next.</summary>
    public const string FirstFingerprint = "first";
}

/// <summary>Models in PostgreSQL, shared by all instances and all restarts.</summary>
internal static class ModelStore
{
    public static Task<long?> ServingIdAsync(ChatbotDatabase database, CancellationToken ct) =>
        database.QuerySingleOrDefaultAsync<long?>("select id from models where serving", null, ct);

    public static Task<StoredModel?> LoadAsync(ChatbotDatabase database, long id, CancellationToken ct) =>
        database.QuerySingleOrDefaultAsync<StoredModel>(
            "select id, version, trained_at, fingerprint, temperature, threshold, content from models where id = @id",
            new { id },
            ct
        );

    /// <summary>The new model serves from the commit on; old ones are kept up to a number.</summary>
    public static async Task<string> SaveAsync(
        UnitOfWork work,
        TrainingData data,
        string fingerprint,
        TrainedIntents trained,
        DateTimeOffset now,
        int kept,
        CancellationToken ct
    )
    {
        await work.ExecuteAsync("update models set serving = false where serving", null, ct);
        var version = await work.QuerySingleAsync<string>(
            InsertSql,
            new
            {
                now,
                fingerprint,
                Examples = data.Examples.Count,
                Labels = data.Examples.Select(e => e.Intent).Distinct().Order(StringComparer.Ordinal).ToArray(),
                trained.Model.Blend.Temperature,
                trained.Model.Threshold,
                Metrics = JsonSerializer.Serialize(trained.Metrics, Json.Options),
                Content = trained.Model.ToBytes(),
            },
            ct
        );
        await work.ExecuteAsync(ForgetSql, new { kept }, ct);
        return version;
    }

    private const string InsertSql = """
        with next as (select nextval(pg_get_serial_sequence('models', 'id')) as id)
        insert into models (id, version, trained_at, fingerprint, examples, intents, temperature, threshold, metrics, content, serving)
        select id, 'intents-' || id, @now, @fingerprint, @Examples, @Labels, @Temperature, @Threshold, @Metrics::jsonb, @Content, true from next
        returning version
        """;

    private const string ForgetSql = """
        delete from models
        where not serving and id not in (select id from models where not serving order by id desc limit @kept)
        """;
}
