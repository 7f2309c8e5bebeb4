using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Recommendation.Models.Auto;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>A training as <c>GET /api/v1/recommendations/trainings</c> shows it.</summary>
/// <param name="State">running, done, failed or abandoned (its data changed before it could go on).</param>
/// <param name="Step">What it does or did last.</param>
/// <param name="Resumed">How often it went on after a restart.</param>
internal sealed record TrainingView(
    long Id,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt,
    string State,
    string Step,
    int Resumed
);

/// <summary>
/// How far a training is, in the database and outside of its transaction: visible while it runs, and what a restart goes on from. What
/// is kept are the settings found, family by family: a few numbers that took nearly all of the time.
/// </summary>
internal sealed class TrainingProgress
{
    private readonly RecommendationDatabase database;
    private readonly TimeProvider clock;
    private readonly long id;
    private readonly List<FoundSetting> found;

    private TrainingProgress(RecommendationDatabase database, TimeProvider clock, long id, IEnumerable<FoundSetting> found) =>
        (this.database, this.clock, this.id, this.found) = (database, clock, id, [.. found]);

    /// <summary>What an interrupted training of the same data had found.</summary>
    public IReadOnlyList<FoundSetting> Found => found;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Recommendations + "/trainings", ListAsync).RequireScope(Scope.Read).WithName("ListTrainings");

    private static async Task<Ok<Page<TrainingView>>> ListAsync(RecommendationDatabase database, CancellationToken ct) =>
        TypedResults.Ok(new Page<TrainingView>(await database.QueryAsync<TrainingView>(ListSql, null, ct), null));

    /// <summary>
    /// Goes on with the training that was running over the same orders, else begins one. Only the holder of the training's lock calls
    /// this, so whatever still says "running" is dead.
    /// </summary>
    public static async Task<TrainingProgress> BeginAsync(
        RecommendationDatabase database,
        TimeProvider clock,
        TrainingScope scope,
        CancellationToken ct
    )
    {
        var data = new
        {
            scope.To,
            scope.Orders,
            scope.Customers,
            now = clock.GetUtcNow(),
        };
        await database.ExecuteAsync(AbandonSql, data, ct);
        var row =
            await database.QuerySingleOrDefaultAsync<Row>(ResumeSql, data, ct) ?? await database.QuerySingleAsync<Row>(BeginSql, data, ct);
        return new TrainingProgress(database, clock, row.Id, JsonSerializer.Deserialize<FoundSetting[]>(row.Found, Json.Options) ?? []);
    }

    public Task StepAsync(string step, CancellationToken ct) => SaveAsync("running", step, null, ct);

    public Task AddAsync(IReadOnlyList<FoundSetting> settings, CancellationToken ct)
    {
        found.AddRange(settings);
        return StepAsync("found " + string.Join(", ", settings.Select(s => s.Algorithm)), ct);
    }

    /// <summary>In the transaction that stores the model: both are there, or neither.</summary>
    public Task FinishAsync(Platform.Data.UnitOfWork work, string step, CancellationToken ct) =>
        work.ExecuteAsync(SaveSql, Values("done", step, clock.GetUtcNow()), ct);

    public Task FailAsync(string why) => SaveAsync("failed", why, clock.GetUtcNow(), CancellationToken.None);

    private Task<int> SaveAsync(string state, string step, DateTimeOffset? finished, CancellationToken ct) =>
        database.ExecuteAsync(SaveSql, Values(state, step, finished), ct);

    private object Values(string state, string step, DateTimeOffset? finished) =>
        new
        {
            id,
            state,
            step,
            finished,
            now = clock.GetUtcNow(),
            settings = JsonSerializer.Serialize(found, Json.Options),
        };

    private sealed record Row(long Id, string Found);

    private const string AbandonSql = """
        update trainings set state = 'abandoned', finished_at = @now
        where state = 'running' and (window_to, orders, customers) is distinct from (@To, @Orders, @Customers)
        """;

    private const string ResumeSql = """
        update trainings set resumed = resumed + 1, updated_at = @now
        where id = (select id from trainings where state = 'running' order by id desc limit 1)
        returning id, found::text as found
        """;

    private const string BeginSql = """
        with forgotten as (delete from trainings where id <= (select max(id) - 100 from trainings))
        insert into trainings (started_at, updated_at, state, step, window_to, orders, customers)
        values (@now, @now, 'running', 'reading orders', @To, @Orders, @Customers)
        returning id, found::text as found
        """;

    private const string SaveSql = """
        update trainings set state = @state, step = @step, finished_at = @finished, updated_at = @now, found = @settings::jsonb where id = @id
        """;

    private const string ListSql = """
        select id, started_at, updated_at, finished_at, state, step, resumed from trainings order by id desc limit 20
        """;
}
