using System.IO.Compression;
using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Recommendation.Measurement;
using Npgsql;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>How well a model foretold held-out orders; stored with it.</summary>
/// <param name="HitRate">Share of held-out orders of which at least one new product was among the first ten answered; null where none
/// was held out.</param>
/// <param name="ServingHitRate">The serving model's on orders that it had not learnt; where those were fewer than
/// <see cref="Promotion.Enough"/>, what it reached when it was trained.</param>
internal sealed record ModelMetrics(
    int HeldOutOrders,
    double? HitRate,
    double? PopularityHitRate,
    double? ServingHitRate,
    double TrainingSeconds
);

/// <summary>A row of <c>models</c>.</summary>
/// <param name="Purpose">One of <see cref="Models.Purpose"/>.</param>
/// <param name="LearntFrom">Orders or looks there were when a model of baskets or of visits learnt.</param>
/// <param name="Erasures">Ids that were erased before it learnt.</param>
internal sealed record StoredModel(
    long Id,
    string Version,
    DateTimeOffset TrainedAt,
    DateTimeOffset WindowFrom,
    DateTimeOffset WindowTo,
    int Orders,
    int Customers,
    int Products,
    string Purpose,
    int Visits = 0,
    long LearntFrom = 0,
    long Erasures = 0
)
{
    public const string Columns =
        "id, version, trained_at, window_from, window_to, orders, customers, products, purpose, visits, learnt_from, erasures";
}

/// <summary>Models in PostgreSQL, shared by all instances: a row that SQL can read, and the model itself as packed bytes.</summary>
internal static class ModelStore
{
    private const int PartBytes = 4 * 1024 * 1024;

    public static Task<long> NextIdAsync(UnitOfWork work, CancellationToken ct) =>
        work.QuerySingleAsync<long>("select nextval(pg_get_serial_sequence('models', 'id'))", null, ct);

    /// <returns>Null where the model was not measured.</returns>
    public static async Task<OwnMeasure?> MeasureOfAsync(UnitOfWork work, StoredModel row, CancellationToken ct) =>
        JsonSerializer.Deserialize<ModelMetrics>(
            await work.QuerySingleOrDefaultAsync<string>("select metrics::text from models where id = @Id", new { row.Id }, ct) ?? "{}",
            Json.Options
        )
            is { HeldOutOrders: > 0, HitRate: { } rate } metrics
            ? new OwnMeasure(metrics.HeldOutOrders, rate)
            : null;

    public static async Task SaveAsync(
        UnitOfWork work,
        StoredModel row,
        TrainedModel model,
        object parameters,
        object metrics,
        Verdict verdict,
        int modelsKept,
        CancellationToken ct
    )
    {
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('recommendation.switch_model'))", null, ct);
        if (verdict.Promote)
        {
            await work.ExecuteAsync("update models set serving = false where serving and purpose = @Purpose", new { row.Purpose }, ct);
        }
        await work.ExecuteAsync(
            InsertSql,
            new
            {
                row.Id,
                row.Version,
                row.TrainedAt,
                row.WindowFrom,
                row.WindowTo,
                row.Orders,
                row.Customers,
                row.Products,
                row.Purpose,
                row.Visits,
                row.LearntFrom,
                row.Erasures,
                Parameters = JsonSerializer.Serialize(parameters, Json.Options),
                Metrics = JsonSerializer.Serialize(metrics, Json.Options),
                Verdict = verdict.Because,
                Serving = verdict.Promote,
            },
            ct
        );
        await SavePartsAsync(work, row.Id, model, ct);
        await work.ExecuteAsync(ForgetSql, new { row.Purpose, modelsKept }, ct);
    }

    public static async Task<TrainedModel> LoadAsync(RecommendationDatabase database, StoredModel row, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = new NpgsqlCommand("select bytes from model_parts where model_id = @id order by part", connection);
        command.Parameters.AddWithValue("id", row.Id);
        await using var reader = await command.ExecuteReaderAsync(ct);
        using var packed = new MemoryStream();
        while (await reader.ReadAsync(ct))
        {
            packed.Write(reader.GetFieldValue<byte[]>(0));
        }
        packed.Position = 0;
        return Unpack(packed, row.Version);
    }

    /// <summary>A model from the bytes of <see cref="Pack"/>.</summary>
    public static TrainedModel Unpack(Stream packed, string version)
    {
        using var unpacked = new BufferedStream(new BrotliStream(packed, CompressionMode.Decompress), 1 << 16);
        using var fields = new BinaryReader(unpacked);
        var ids = new string[fields.ReadInt32()];
        for (var number = 0; number < ids.Length; number++)
        {
            ids[number] = fields.ReadString();
        }
        return new TrainedModel(version, ids, ModelFormat.Read(fields));
    }

    /// <summary>Product ids and model, packed.</summary>
    public static MemoryStream Pack(TrainedModel model)
    {
        var packed = new MemoryStream();
        using (var packing = new BufferedStream(new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true), 1 << 16))
        {
            using var fields = new BinaryWriter(packing);
            fields.Write(model.ProductIds.Count);
            foreach (var product in model.ProductIds)
            {
                fields.Write(product);
            }
            ModelFormat.Write(fields, model.Recommender);
        }
        return packed;
    }

    // Parts, because a value of PostgreSQL has an end at 1 GB and memory has one before.
    private static async Task SavePartsAsync(UnitOfWork work, long id, TrainedModel model, CancellationToken ct)
    {
        using var packed = Pack(model);
        var bytes = packed.GetBuffer().AsMemory(0, (int)packed.Length);
        for (var part = 0; part * PartBytes < bytes.Length; part++)
        {
            var slice = bytes[(part * PartBytes)..Math.Min(bytes.Length, (part + 1) * PartBytes)].ToArray();
            await work.ExecuteAsync(
                "insert into model_parts (model_id, part, bytes) values (@id, @part, @slice)",
                new
                {
                    id,
                    part,
                    slice,
                },
                ct
            );
        }
    }

    private const string InsertSql = """
        insert into models (
            id, version, trained_at, window_from, window_to, orders, customers, products, parameters, metrics, verdict, serving,
            promoted_at, purpose, visits, learnt_from, erasures)
        values (
            @Id, @Version, @TrainedAt, @WindowFrom, @WindowTo, @Orders, @Customers, @Products, @Parameters::jsonb, @Metrics::jsonb,
            @Verdict, @Serving, case when @Serving then @TrainedAt end, @Purpose, @Visits, @LearntFrom, @Erasures)
        """;

    // The one that served before stays, however old: it is what a roll-back goes to. So does what a placement or an experiment names.
    private const string ForgetSql = $"""
        delete from models
        where purpose = @Purpose and not serving
            and id not in (select id from models where purpose = @Purpose and not serving order by id desc limit @modelsKept)
            and id not in (
                select id from models where purpose = @Purpose and not serving and promoted_at is not null
                order by promoted_at desc, id desc limit 1)
            and not exists (select from placements where definition ->> 'model' = models.version)
            and not exists (select from ({ExperimentBook.ModelsSql}) named (model) where named.model = models.version)
        """;
}
