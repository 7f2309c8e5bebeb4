using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Chatbot.Conversations;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.SignIn;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Widget;

/// <param name="Visit">The secret of the conversation; none begins one.</param>
/// <param name="Consent">The visitor agreed that what is said is kept; without it no conversation begins.</param>
/// <param name="VisitorToken">By which the shop's server vouches for the visitor.</param>
/// <param name="Language">Of the page, ISO 639-1: a new conversation is greeted in it, where a dialogue comes in it; the visitor's sentences decide later.</param>
internal sealed record VisitRequest(string? Visit, bool? Consent, string? VisitorToken, string? Language = null);

/// <summary>A message as the widget shows it.</summary>
internal sealed record WidgetMessage(
    long Id,
    string Who,
    string? Agent,
    string Text,
    IReadOnlyList<string>? Choices,
    IReadOnlyList<CitedArticle>? Articles,
    IReadOnlyList<ShownProduct>? Products,
    DateTimeOffset At
);

/// <param name="Holder">bot, waiting or agent.</param>
/// <param name="PeopleAreThere">Whether somebody would answer now.</param>
/// <param name="Rating">What the visitor gave; null while nothing.</param>
internal sealed record VisitView(
    string Visit,
    Guid ConversationId,
    string Shop,
    string Greeting,
    IReadOnlyList<string> Choices,
    string Holder,
    string? Agent,
    bool PeopleAreThere,
    int? Rating,
    IReadOnlyList<WidgetMessage> Messages
);

/// <summary><c>POST /chat/visits</c>: begins a visitor's conversation, or shows one again to who has its secret.</summary>
internal static class Visits
{
    private const int SecretBytes = 32;
    private const int MaxBody = 16 * 1024;
    private const int Shown = 200;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.ChatDoor + "/visits", HandleAsync)
            .AllowAnonymous()
            .RequireRateLimiting(VisitLimits.Visits)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBody))
            .WithName("OpenVisit");

    /// <returns>The hash under which a conversation is found; null where the text is no secret of ours.</returns>
    public static byte[]? HashOf(string? visit)
    {
        if (visit is null || !Base64Url.IsValid(visit, out var length) || length != SecretBytes)
            return null;
        return SHA256.HashData(Encoding.ASCII.GetBytes(visit));
    }

    public static ProblemHttpResult NoSuchVisit() =>
        Problem.NotFound("visit", "The conversation is over, or was deleted. Begin a new one with POST /chat/visits.");

    private static async Task<Results<Ok<VisitView>, ProblemHttpResult>> HandleAsync(
        VisitRequest body,
        ChatbotDatabase database,
        ScriptStore scripts,
        VisitorTokens tokens,
        CustomerLookup customers,
        Conversation conversation,
        IOptions<Shop> shop,
        IOptions<ChatbotOptions> options,
        TimeProvider clock,
        ILogger<VisitRequest> log,
        CancellationToken ct
    )
    {
        if (body.Visit is null && body.Consent != true)
            return Problem.Invalid(new FieldError("consent", "A conversation is kept: ask the visitor, then send true."));
        var vouched = await tokens.ReadAsync(body.VisitorToken, ct);
        if (body.VisitorToken is not null && vouched is null)
            return Problem.Invalid(
                new FieldError(
                    "visitorToken",
                    "It is not signed with this deployment's key (HS256), names nobody, or is too old: have the shop's server make a new one."
                )
            );
        var customer = vouched is null ? null : await CustomerOfAsync(vouched, customers, log, ct);
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ChatbotDatabase.LockPeopleShared, null, ct);
        if (customer is { } named && await work.QuerySingleAsync<bool>("select is_erased(@named)", new { named }, ct))
            customer = null;
        var secret = body.Visit ?? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var hash = HashOf(secret);
        if (body.Visit is null)
            await BeginAsync(work, hash!, customer, body.Language, now, options.Value.KnownFor, ct);
        var row = await work.QuerySingleOrDefaultAsync<Row>(RowSql, new { hash }, ct);
        if (
            row is null
            || (
                body.Visit is not null
                && customer is { } who
                && !await OpenConversation.BelongToAsync(work, row.Id, who, now + options.Value.KnownFor, ct)
            )
        )
            return NoSuchVisit();
        var script = await scripts.CurrentAsync(work, await OpenConversation.LanguageAsync(work, row.Id, ct), ct);
        var messages = await MessagesAsync(work, row.Id, 0, ct);
        await work.CommitAsync(ct);
        return TypedResults.Ok(
            new VisitView(
                secret,
                row.Id,
                shop.Value.Name,
                conversation.Greeting(script),
                [
                    .. script
                        .Intents.Values.Where(intent => intent.Do != Deed.Handoff)
                        .Select(intent => intent.Title)
                        .OfType<string>()
                        .Take(3),
                ],
                row.Holder,
                row.Agent,
                conversation.PeopleAreThere(script),
                row.Rating,
                messages
            )
        );
    }

    /// <summary>The newest messages after a number, oldest first.</summary>
    public static async Task<IReadOnlyList<WidgetMessage>> MessagesAsync(
        UnitOfWork work,
        Guid conversation,
        long after,
        CancellationToken ct
    ) =>
        [
            .. (
                await work.QueryAsync<Line>(
                    MessagesSql,
                    new
                    {
                        conversation,
                        after,
                        Shown,
                    },
                    ct
                )
            ).Select(View),
        ];

    internal static WidgetMessage View(Line line)
    {
        var extras = line.Extras is null ? null : JsonSerializer.Deserialize<MessageExtras>(line.Extras, Json.Options);
        return new(line.Id, line.Who, line.Agent, line.Text, extras?.Choices, extras?.Articles, extras?.Products, line.At);
    }

    private static Task<int> BeginAsync(
        UnitOfWork work,
        byte[] hash,
        Guid? customer,
        string? language,
        DateTimeOffset now,
        TimeSpan knownFor,
        CancellationToken ct
    ) =>
        work.ExecuteAsync(
            """
            insert into conversations (id, customer_id, visit_hash, dialogue, consented_at, known_until, started_at, last_at)
            values (@Id, @customer, @hash, @State::jsonb, @now, @Until, @now, @now)
            """,
            new
            {
                Id = Guid.CreateVersion7(now),
                customer,
                hash,
                State = JsonSerializer.Serialize(
                    DialogueState.Start with
                    {
                        Language = Script.Languages.FirstOrDefault(known => known == language),
                    },
                    Json.Options
                ),
                now,
                Until = customer is null ? (DateTimeOffset?)null : now + knownFor,
            },
            ct
        );

    // A visitor whom Customers cannot name now is a stranger, who can still prove an address.
    private static async Task<Guid?> CustomerOfAsync(VouchedVisitor vouched, CustomerLookup customers, ILogger log, CancellationToken ct)
    {
        if (vouched.CustomerId is not null)
            return vouched.CustomerId;
        try
        {
            return await customers.ByUserIdAsync(vouched.UserId!, ct);
        }
        catch (Exception e) when (e is HttpRequestException or Polly.ExecutionRejectedException)
        {
            log.LogWarning("A signed visitor could not be looked up: {Reason}", e.Message);
            return null;
        }
    }

    internal sealed record Line(long Id, string Who, string? Agent, string Text, string? Extras, DateTimeOffset At);

    private sealed record Row(Guid Id, string Holder, string? Agent, int? Rating);

    private const string RowSql = """
        select c.id, case when h.id is null then 'bot' when h.agent is null then 'waiting' else 'agent' end as holder, h.agent, c.rating
        from conversations c left join handoffs h on h.conversation_id = c.id and h.ended_at is null
        where c.visit_hash = @hash
        """;

    private const string MessagesSql = """
        select id, who, agent, text, extras::text as extras, at
        from (select * from messages where conversation_id = @conversation and id > @after order by id desc limit @Shown) newest
        order by id
        """;
}
