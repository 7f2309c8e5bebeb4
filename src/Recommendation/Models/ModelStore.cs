using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>How well a model foretold held-out orders; stored with it.</summary>
/// <param name="HitRate">Share of held-out orders of which at least one new product was among the first ten answered; null where none
/// was held out.</param>
internal sealed record ModelMetrics(
    int HeldOutOrders,
    double? HitRate,
    double? PopularityHitRate,
    double? ServingHitRate,
    double TrainingSeconds
);

/// <summary>A row of <c>models</c>.</summary>
internal sealed record StoredModel(
    long Id,
    string Version,
    DateTimeOffset TrainedAt,
    DateTimeOffset WindowFrom,
    DateTimeOffset WindowTo,
    int Orders,
    int Customers,
    int Products
);

/// <summary>Models in PostgreSQL: readable by SQL, shared by all instances.</summary>
internal static class ModelStore
{
    public static Task<long> NextIdAsync(UnitOfWork work, CancellationToken ct) =>
        work.QuerySingleAsync<long>("select nextval(pg_get_serial_sequence('models', 'id'))", null, ct);

    public static async Task SaveAsync(
        UnitOfWork work,
        StoredModel row,
        CoPurchaseModel model,
        CoPurchaseParameters parameters,
        ModelMetrics metrics,
        Verdict verdict,
        int modelsKept,
        CancellationToken ct
    )
    {
        if (verdict.Promote)
        {
            await work.ExecuteAsync("update models set serving = false where serving", null, ct);
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
                Parameters = JsonSerializer.Serialize(parameters, Json.Options),
                Metrics = JsonSerializer.Serialize(metrics, Json.Options),
                Verdict = verdict.Because,
                Serving = verdict.Promote,
            },
            ct
        );
        await CopyNeighboursAsync(work.Connection, row.Id, model, ct);
        await work.ExecuteAsync(ForgetSql, new { modelsKept }, ct);
    }

    public static async Task<CoPurchaseModel> LoadAsync(RecommendationDatabase database, StoredModel row, CancellationToken ct)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var ids = new List<string>();
        var neighbours = new List<Neighbour[]>();
        await using var connection = await database.OpenAsync(ct);
        await using var command = new NpgsqlCommand(LoadSql, connection);
        command.Parameters.AddWithValue("id", row.Id);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var product = Number(reader.GetString(0));
            var others = reader.GetFieldValue<string[]>(1);
            var similarities = reader.GetFieldValue<float[]>(2);
            var list = new Neighbour[others.Length];
            for (var rank = 0; rank < others.Length; rank++)
            {
                list[rank] = new Neighbour(Number(others[rank]), similarities[rank]);
            }
            neighbours[product] = list;
        }
        return new CoPurchaseModel(row.Version, ids, [.. neighbours]);

        int Number(string id)
        {
            if (!numbers.TryGetValue(id, out var number))
            {
                number = ids.Count;
                ids.Add(id);
                neighbours.Add([]);
                numbers.Add(id, number);
            }
            return number;
        }
    }

    private static async Task CopyNeighboursAsync(NpgsqlConnection connection, long id, CoPurchaseModel model, CancellationToken ct)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopySql, ct);
        foreach (var product in model.ProductIds)
        {
            var neighbours = model.NeighboursOf(product).ToArray();
            if (neighbours.Length == 0)
            {
                continue;
            }
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(id, NpgsqlDbType.Bigint, ct);
            await copy.WriteAsync(product, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(
                Array.ConvertAll(neighbours, n => model.ProductIds[n.Product]),
                NpgsqlDbType.Array | NpgsqlDbType.Text,
                ct
            );
            await copy.WriteAsync(Array.ConvertAll(neighbours, n => n.Similarity), NpgsqlDbType.Array | NpgsqlDbType.Real, ct);
        }
        await copy.CompleteAsync(ct);
    }

    private const string InsertSql = """
        insert into models (
            id, version, trained_at, window_from, window_to, orders, customers, products, parameters, metrics, verdict, serving)
        values (
            @Id, @Version, @TrainedAt, @WindowFrom, @WindowTo, @Orders, @Customers, @Products, @Parameters::jsonb, @Metrics::jsonb,
            @Verdict, @Serving)
        """;

    private const string CopySql = "copy model_neighbours (model_id, product_id, neighbours, similarities) from stdin (format binary)";

    private const string LoadSql = """
        select product_id, neighbours, similarities from model_neighbours where model_id = @id order by product_id
        """;

    private const string ForgetSql = """
        delete from models
        where not serving and id not in (select id from models where not serving order by id desc limit @modelsKept)
        """;
}
