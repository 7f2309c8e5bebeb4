using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Email.Words;

/// <summary>Body of <c>POST /api/v1/words</c>: a person's own words.</summary>
internal sealed record NewWord(WordKind? Kind, WordAngle? Angle, string? Locale, string? Text);

/// <summary>Body of <c>POST /api/v1/words/variants</c>.</summary>
/// <param name="Segment">Whose motive counts; or name it by <paramref name="Angle"/>.</param>
internal sealed record VariantRequest(string? Segment = null, WordAngle? Angle = null, string Locale = "en", int Count = 3);

/// <summary>Body of <c>POST /api/v1/words/drafts</c>.</summary>
internal sealed record DraftRequest(
    WordKind? Kind,
    WordAngle? Angle,
    IReadOnlyList<string>? ProductIds,
    string Locale = "en",
    int Count = 3
);

/// <param name="Proposed">Drafts that wait for a person's word.</param>
/// <param name="Refused">Drafts that say what they may not, with the reasons; they are not kept.</param>
internal sealed record DraftResult(IReadOnlyList<WordElement> Proposed, IReadOnlyList<Draft> Refused);

/// <summary>The element library: what there is, what a person adds, approves and rejects, what moves a segment.</summary>
internal static class WordsApi
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Words, ListAsync).RequireScope(Scope.Read);
        root.MapPost(Routes.Words, AddAsync).RequireScope(Scope.Write);
        root.MapPost(
                Routes.Words + "/{id}/approve",
                (string id, EmailDatabase db, TimeProvider clock, CancellationToken ct) => DecideAsync(id, "approved", db, clock, ct)
            )
            .RequireScope(Scope.Write);
        root.MapPost(
                Routes.Words + "/{id}/reject",
                (string id, EmailDatabase db, TimeProvider clock, CancellationToken ct) => DecideAsync(id, "rejected", db, clock, ct)
            )
            .RequireScope(Scope.Write);
        root.MapGet(Routes.Words + "/motives", MotivesAsync).RequireScope(Scope.Read);
        root.MapPut(Routes.Words + "/motives", PutMotivesAsync).RequireScope(Scope.Write);
        root.MapPost(Routes.Words + "/variants", VariantsAsync).RequireScope(Scope.Read);
        root.MapPost(Routes.Words + "/drafts", DraftAsync).RequireScope(Scope.Write);
    }

    internal static async Task<IResult> ListAsync(EmailDatabase db, string? status, string? locale, CancellationToken ct)
    {
        var all = await LibraryAsync(db, ct);
        return TypedResults.Ok(
            new Page<WordElement>(
                [.. all.Where(e => (status is null || e.Status == status) && (locale is null || e.Locale == locale))],
                null
            )
        );
    }

    internal static async Task<IResult> AddAsync(NewWord word, EmailDatabase db, TimeProvider clock, CancellationToken ct)
    {
        if (Check(word) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        var element = new WordElement(NewId(clock), word.Kind!.Value, word.Angle, word.Locale!, word.Text!.Trim(), "approved", "person");
        await InsertAsync(db, [element], clock, ct);
        return TypedResults.Created($"{Routes.Words}/{element.Id}", element);
    }

    internal static async Task<IResult> DecideAsync(string id, string status, EmailDatabase db, TimeProvider clock, CancellationToken ct) =>
        await db.ExecuteAsync(
            "update word_elements set status = @Status, decided_at = @Now where id = @Id",
            new
            {
                Id = id,
                Status = status,
                Now = clock.GetUtcNow(),
            },
            ct
        ) == 1
            ? TypedResults.NoContent()
            : Problem.NotFound(
                "word",
                $"GET {Routes.Words}?status=proposed lists the words that wait for yours; those of the platform stay."
            );

    internal static async Task<IResult> MotivesAsync(EmailDatabase db, CancellationToken ct)
    {
        var motives = WordAssembly.Motives.ToDictionary(motive => motive.Key, motive => motive.Value);
        foreach (var (segment, angle) in await OwnMotivesAsync(db, ct))
            motives[segment] = angle;
        return TypedResults.Ok(motives);
    }

    internal static async Task<IResult> PutMotivesAsync(Dictionary<string, WordAngle> motives, EmailDatabase db, CancellationToken ct)
    {
        if (motives.Keys.Any(segment => !TemplateName.IsValid(segment)))
            return Problem.Invalid(new FieldError("segment", TemplateName.Rule));
        await db.ExecuteAsync(
            """
            with gone as (delete from word_motives where segment <> all(@Segments))
            insert into word_motives (segment, angle) select * from unnest(@Segments::text[], @Angles::text[])
            on conflict (segment) do update set angle = excluded.angle
            """,
            new { Segments = motives.Keys.ToArray(), Angles = motives.Values.Select(angle => angle.ToString()).ToArray() },
            ct
        );
        return await MotivesAsync(db, ct);
    }

    internal static async Task<IResult> VariantsAsync(VariantRequest request, EmailDatabase db, CancellationToken ct)
    {
        List<FieldError> errors = [];
        if (request.Segment is null == request.Angle is null)
            errors.Add(new("segment", "Give a segment's key, or an angle: price, novelty, reassurance, occasion."));
        if (request.Count is < 1 or > 20)
            errors.Add(new("count", "Give a number from 1 to 20."));
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        var angle = request.Angle ?? WordAssembly.MotiveOf(request.Segment!, await OwnMotivesAsync(db, ct));
        var variants = WordAssembly.Assemble(await LibraryAsync(db, ct), angle, request.Locale, request.Count);
        return TypedResults.Ok(new Page<WordVariant>(variants, null));
    }

    internal static async Task<IResult> DraftAsync(
        DraftRequest request,
        Drafter drafter,
        CatalogueClient catalogue,
        EmailDatabase db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (!drafter.IsOn)
            return Problem.Of(
                409,
                "drafter-off",
                "There is no drafter",
                "Set Email:Drafter:Endpoint and Email:Drafter:Model to any OpenAI-compatible API, or write the words yourself: POST "
                    + Routes.Words
            );
        List<FieldError> errors = [];
        if (request.Kind is null)
            errors.Add(new("kind", "Give subject, greeting, angle or callToAction."));
        if (request.Kind is WordKind.Subject or WordKind.Angle && request.Angle is null)
            errors.Add(new("angle", "Give price, novelty, reassurance or occasion."));
        if (request.Count is < 1 or > 10)
            errors.Add(new("count", "Give a number from 1 to 10."));
        if (request.ProductIds is not { Count: >= 1 and <= 10 })
            errors.Add(new("productIds", "Give 1 to 10 products: their facts are all that a draft may say."));
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        try
        {
            List<ProductFact> facts = [];
            foreach (var id in request.ProductIds!)
                if (await catalogue.FindAsync(id, ct) is { } fact)
                    facts.Add(fact);
                else
                    return Problem.Invalid(new FieldError("productIds", $"The catalogue has no product '{id}'."));
            var drafts = await drafter.DraftAsync(request.Kind!.Value, request.Angle, request.Locale, facts, request.Count, ct);
            WordElement[] proposed =
            [
                .. drafts
                    .Where(draft => draft.Faults.Count == 0)
                    .Select(draft => new WordElement(
                        NewId(clock),
                        request.Kind!.Value,
                        request.Angle,
                        request.Locale,
                        draft.Text,
                        "proposed",
                        "drafter"
                    )),
            ];
            await InsertAsync(db, proposed, clock, ct);
            return TypedResults.Ok(new DraftResult(proposed, [.. drafts.Where(draft => draft.Faults.Count > 0)]));
        }
        catch (DrafterException e)
        {
            return Problem.Of(StatusCodes.Status502BadGateway, "drafter", "The drafter was of no use", e.Message);
        }
        catch (HttpRequestException e)
        {
            return Problem.Of(
                StatusCodes.Status502BadGateway,
                "catalogue",
                "The catalogue cannot be read",
                $"Try again in a few seconds. {e.Message}"
            );
        }
    }

    internal static List<FieldError> Check(NewWord word)
    {
        List<FieldError> errors = [];
        if (word.Kind is null)
            errors.Add(new("kind", "Give subject, greeting, angle or callToAction."));
        if (word.Kind is WordKind.Subject or WordKind.Angle && word.Angle is null)
            errors.Add(new("angle", "Give price, novelty, reassurance or occasion."));
        if (string.IsNullOrWhiteSpace(word.Locale) || word.Locale.Length > 35)
            errors.Add(new("locale", "Give a BCP 47 tag, such as en or de-AT."));
        if (word.Text?.Trim().Length is not (> 0 and <= 2_000))
            errors.Add(new("text", "Give 1 to 2000 characters."));
        else
            try
            {
                LiquidSandbox.Parse("text", word.Text);
            }
            catch (TemplateException e)
            {
                errors.Add(new("text", e.Message));
            }
        return errors;
    }

    internal static async Task<IReadOnlyList<WordElement>> LibraryAsync(EmailDatabase db, CancellationToken ct)
    {
        var own = await db.QueryAsync<WordRow>(
            "select id, kind, angle, locale, text, status, source from word_elements order by id",
            null,
            ct
        );
        return [.. WordElement.Starters, .. own.Select(row => row.ToElement())];
    }

    private sealed record WordRow(string Id, string Kind, string? Angle, string Locale, string Text, string Status, string Source)
    {
        public WordElement ToElement() =>
            new(Id, Enum.Parse<WordKind>(Kind), Angle is null ? null : Enum.Parse<WordAngle>(Angle), Locale, Text, Status, Source);
    }

    private sealed record MotiveRow(string Segment, string Angle);

    private static async Task<Dictionary<string, WordAngle>> OwnMotivesAsync(EmailDatabase db, CancellationToken ct) =>
        (await db.QueryAsync<MotiveRow>("select segment, angle from word_motives", null, ct)).ToDictionary(
            row => row.Segment,
            row => Enum.Parse<WordAngle>(row.Angle)
        );

    private static Task<int> InsertAsync(EmailDatabase db, WordElement[] words, TimeProvider clock, CancellationToken ct) =>
        db.ExecuteAsync(
            """
            insert into word_elements (id, kind, angle, locale, text, status, source, created_at)
            select *, @Now from unnest(@Ids::text[], @Kinds::text[], @Angles::text[], @Locales::text[], @Texts::text[], @Statuses::text[], @Sources::text[])
            """,
            new
            {
                Now = clock.GetUtcNow(),
                Ids = words.Select(word => word.Id).ToArray(),
                Kinds = words.Select(word => word.Kind.ToString()).ToArray(),
                Angles = words.Select(word => word.Angle?.ToString()).ToArray(),
                Locales = words.Select(word => word.Locale).ToArray(),
                Texts = words.Select(word => word.Text).ToArray(),
                Statuses = words.Select(word => word.Status).ToArray(),
                Sources = words.Select(word => word.Source).ToArray(),
            },
            ct
        );

    private static string NewId(TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
}
