using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Email.Templates;

/// <summary>A template, as the API shows it.</summary>
/// <param name="Source">starter (comes with the platform), own (the shop's), or replaced (the shop's, in place of a starter).</param>
/// <param name="Version">0 for a starter; to be given as <c>If-Match</c> with a change.</param>
internal sealed record TemplateView(string Name, string Source, int Version, TemplateContent Content, DateTimeOffset? UpdatedAt)
{
    public static TemplateView Of(StoredTemplate template) =>
        new(
            template.Name,
            StarterTemplates.All.ContainsKey(template.Name) ? "replaced" : "own",
            template.Version,
            template.Content,
            template.UpdatedAt
        );

    public static TemplateView Of(string name, TemplateContent starter) => new(name, "starter", 0, starter, null);
}

/// <summary>A template in a list: without its content.</summary>
internal sealed record TemplateSummary(
    string Name,
    TemplateKind Kind,
    string Source,
    int Version,
    IReadOnlyList<string> Locales,
    DateTimeOffset? UpdatedAt
);

/// <param name="Deleted">Whether this version was the end of the template.</param>
internal sealed record TemplateVersion(int Version, DateTimeOffset At, bool Deleted);

/// <summary><c>GET /api/v1/templates</c>, <c>GET …/{name}</c>, <c>GET …/{name}/versions</c> and <c>…/{version}</c>.</summary>
internal static class ReadTemplates
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Templates, ListAsync).RequireScope(Scope.Read);
        root.MapGet(Routes.Templates + "/{name}", GetAsync).RequireScope(Scope.Read);
        root.MapGet(Routes.Templates + "/{name}/versions", VersionsAsync).RequireScope(Scope.Read);
        root.MapGet(Routes.Templates + "/{name}/versions/{version:int}", VersionAsync).RequireScope(Scope.Read);
    }

    internal static async Task<IResult> ListAsync(TemplateStore store, string? kind, int? limit, string? cursor, CancellationToken ct)
    {
        List<FieldError> errors = [];
        if (!Limit.TryRead(limit, out var rows, out var badLimit))
            errors.Add(badLimit);
        TemplateKind? only = Enum.TryParse<TemplateKind>(kind, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null;
        if (kind is not null && only is null)
            errors.Add(new("kind", "Give mail, layout or block."));
        if (!Cursor.TryRead(cursor, 1, out var after, out var badCursor))
            errors.Add(badCursor);
        if (errors.Count > 0)
            return Problem.Invalid([.. errors]);
        var own = (await store.AllAsync(ct)).ToDictionary(template => template.Name);
        var all = StarterTemplates
            .All.Where(starter => !own.ContainsKey(starter.Key))
            .Select(starter => TemplateView.Of(starter.Key, starter.Value))
            .Concat(own.Values.Select(TemplateView.Of))
            .Where(view => only is null || view.Content.Kind == only)
            .Where(view => after is null || string.CompareOrdinal(view.Name, after[0]) > 0)
            .OrderBy(view => view.Name, StringComparer.Ordinal)
            .Take(rows + 1)
            .ToList();
        return TypedResults.Ok(Pages.Of([.. all.Select(Summary)], rows, template => Cursor.Encode(template.Name)));
    }

    internal static async Task<IResult> GetAsync(string name, TemplateStore store, HttpResponse response, CancellationToken ct)
    {
        if (await FindAsync(name, store, ct) is not { } view)
            return NotThere();
        response.Headers.ETag = TemplateETag.Of(view.Version);
        return TypedResults.Ok(view);
    }

    internal static async Task<TemplateView?> FindAsync(string name, TemplateStore store, CancellationToken ct) =>
        await store.FindAsync(name, ct) is { } stored ? TemplateView.Of(stored)
        : StarterTemplates.All.TryGetValue(name, out var starter) ? TemplateView.Of(name, starter)
        : null;

    internal static async Task<IResult> VersionsAsync(string name, EmailDatabase db, CancellationToken ct) =>
        TypedResults.Ok(
            new Page<TemplateVersion>(
                await db.QueryAsync<TemplateVersion>(
                    "select version, at, content is null as deleted from template_versions where name = @Name order by version desc limit 1000",
                    new { Name = name },
                    ct
                ),
                null
            )
        );

    internal static async Task<IResult> VersionAsync(string name, int version, EmailDatabase db, CancellationToken ct) =>
        await db.QuerySingleOrDefaultAsync<TemplateStore.Row>(
            "select name, version, content, at as updated_at from template_versions where name = @Name and version = @Version and content is not null",
            new { Name = name, Version = version },
            ct
        )
            is { } row
            ? TypedResults.Ok(TemplateView.Of(row.ToTemplate()))
            : Problem.NotFound("template-version", $"GET {Routes.Templates}/{name}/versions lists the versions there are.");

    internal static IResult NotThere() =>
        Problem.NotFound("template", $"There is no template of this name; GET {Routes.Templates} lists those that are.");

    private static TemplateSummary Summary(TemplateView view) =>
        new(
            view.Name,
            view.Content.Kind,
            view.Source,
            view.Version,
            [.. (view.Content.Words?.Keys ?? []).Append(view.Content.DefaultLocale).Distinct().Order(StringComparer.Ordinal)],
            view.UpdatedAt
        );
}

/// <summary><c>PUT /api/v1/templates/{name}</c> and <c>DELETE</c>: with <c>If-Match</c> only the version that the caller has seen.</summary>
internal static class WriteTemplates
{
    /// <summary>A template of 512 Ki characters in JSON, where each can take six bytes, with its words.</summary>
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPut(Routes.Templates + "/{name}", PutAsync)
            .RequireScope(Scope.Write)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        root.MapDelete(Routes.Templates + "/{name}", DeleteAsync).RequireScope(Scope.Write);
    }

    internal static async Task<IResult> PutAsync(
        string name,
        TemplateContent content,
        HttpRequest request,
        HttpResponse response,
        TemplateStore store,
        MailTemplates templates,
        CancellationToken ct
    )
    {
        if (!TemplateETag.TryRead(request, out var expected, out var badMatch))
            return Problem.Invalid(badMatch);
        if (Check(name, content, templates.Library) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        if (await store.SaveAsync(name, content, expected, ct) is not { } saved)
            return TemplateETag.Changed(name);
        response.Headers.ETag = TemplateETag.Of(saved.Version);
        return saved.Version == 1
            ? TypedResults.Created($"{Routes.Templates}/{name}", TemplateView.Of(saved))
            : TypedResults.Ok(TemplateView.Of(saved));
    }

    internal static async Task<IResult> DeleteAsync(string name, HttpRequest request, TemplateStore store, CancellationToken ct)
    {
        if (!TemplateETag.TryRead(request, out var expected, out var badMatch))
            return Problem.Invalid(badMatch);
        if (await store.FindAsync(name, ct) is null)
            return StarterTemplates.All.ContainsKey(name)
                ? Problem.Of(
                    409,
                    "starter-template",
                    "A starter template stays",
                    "It comes with the platform. PUT a template of its name to replace it."
                )
                : ReadTemplates.NotThere();
        return await store.DeleteAsync(name, expected, ct) ? TypedResults.NoContent() : TemplateETag.Changed(name);
    }

    internal static List<FieldError> Check(string name, TemplateContent content, TemplateLibrary library)
    {
        List<FieldError> errors = [];
        if (!TemplateName.IsValid(name))
            errors.Add(new("name", TemplateName.Rule));
        if (string.IsNullOrWhiteSpace(content.Html))
            errors.Add(new("html", "Give the template's HTML."));
        if (content.Kind != TemplateKind.Mail && content.Layout is not null)
            errors.Add(new("layout", "Only a mail has a layout."));
        if (content.CouponPool is not null && !TemplateName.IsValid(content.CouponPool))
            errors.Add(new("couponPool", TemplateName.Rule));
        if (errors.Count > 0)
            return errors;
        try
        {
            library.Check(name, content);
        }
        catch (TemplateException e)
        {
            errors.Add(new("html", e.Message));
        }
        return errors;
    }
}

/// <summary>Versions as entity tags (RFC 9110).</summary>
internal static class TemplateETag
{
    public static string Of(int version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    /// <returns>False for an <c>If-Match</c> that is no version; null in <paramref name="expected"/> where none or * was given.</returns>
    public static bool TryRead(HttpRequest request, out int? expected, out FieldError error)
    {
        error = new FieldError(
            "If-Match",
            "Give the ETag of the version that you have read, such as \"3\" ; \"0\" for a template that must be new."
        );
        expected = null;
        var header = request.Headers.IfMatch.ToString().Trim();
        if (header is "" or "*")
            return true;
        if (!int.TryParse(header.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return false;
        expected = version;
        return true;
    }

    public static IResult Changed(string name) =>
        Problem.Of(
            StatusCodes.Status412PreconditionFailed,
            "template-changed",
            "Somebody changed the template meanwhile",
            $"GET {Routes.Templates}/{name}, put your change into what you find there, and send it with its new ETag."
        );
}
