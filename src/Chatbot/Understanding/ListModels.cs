using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>A trained model: what it learnt from, how good it is, from which confidence on it is believed.</summary>
internal sealed record ModelView(
    string Version,
    DateTimeOffset TrainedAt,
    int Examples,
    IReadOnlyList<string> Intents,
    double Temperature,
    double Threshold,
    JsonElement Metrics,
    bool Serving
);

/// <summary><c>GET /api/v1/chat/models</c>, newest first.</summary>
internal static class ListModels
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Chat + "/models", Handle).RequireScope(Scope.Read).WithName("ListChatModels");

    private static async Task<Results<Ok<Page<ModelView>>, ProblemHttpResult>> Handle(
        ChatbotDatabase database,
        int? limit,
        string? cursor,
        CancellationToken ct
    )
    {
        if (!Limit.TryRead(limit, out var size, out var error))
        {
            return Problem.Invalid(error);
        }
        var before = long.MaxValue;
        if (
            !Cursor.TryRead(cursor, 1, out var last, out var badCursor)
            || (last is [var id] && !long.TryParse(id, CultureInfo.InvariantCulture, out before))
        )
            return Problem.Invalid(badCursor);
        var rows = await database.QueryAsync<Row>(Sql, new { before, take = size + 1 }, ct);
        var page = Pages.Of(rows, size, model => Cursor.Encode(model.Id.ToString(CultureInfo.InvariantCulture)));
        return TypedResults.Ok(new Page<ModelView>([.. page.Items.Select(View)], page.NextCursor));
    }

    private static ModelView View(Row r) =>
        new(
            r.Version,
            r.TrainedAt,
            r.Examples,
            JsonSerializer.Deserialize<string[]>(r.Intents) ?? [],
            r.Temperature,
            r.Threshold,
            JsonSerializer.Deserialize<JsonElement>(r.Metrics),
            r.Serving
        );

    private sealed record Row(
        long Id,
        string Version,
        DateTimeOffset TrainedAt,
        int Examples,
        string Intents,
        double Temperature,
        double Threshold,
        string Metrics,
        bool Serving
    );

    private const string Sql = """
        select id, version, trained_at, examples, to_jsonb(intents)::text as intents, temperature, threshold, metrics::text as metrics, serving
        from models
        where id < @before
        order by id desc
        limit @take
        """;
}
