using System.Diagnostics.Metrics;
using System.Text.Json;
using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Conversations;

internal abstract record Outcome
{
    public sealed record Answered(Answer Answer) : Outcome;

    /// <summary>It does not exist, or is somebody else's: a caller cannot tell which.</summary>
    public sealed record NoSuchConversation : Outcome;

    public sealed record NoModelYet : Outcome;
}

/// <summary>
/// Answers one message: understand it, read what the answer depends on, decide, store both. One transaction, in which the conversation is
/// locked: two messages at the same time are answered one after the other.
/// </summary>
internal sealed class Conversation(
    ChatbotDatabase database,
    MessageReader reader,
    IOptions<Shop> shop,
    TimeProvider clock,
    [FromKeyedServices(ChatbotModule.Service)] ServiceTelemetry telemetry
)
{
    private readonly ShopFacts facts = new(shop.Value.Name, shop.Value.SiteUrl, TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone));
    private readonly Counter<long> answered = telemetry.Meter.CreateCounter<long>(
        "marketing.chat.answers",
        "{answer}",
        "Messages answered, by intent."
    );

    public async Task<Outcome> AnswerAsync(Guid? conversationId, Guid? customer, string text, CancellationToken ct)
    {
        using var activity = telemetry.Activities.StartActivity("chatbot.answer_message");
        if (await reader.ReadAsync(text, ct) is not { } understood)
        {
            return new Outcome.NoModelYet();
        }
        var now = clock.GetUtcNow();

        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ChatbotDatabase.LockPeopleShared, null, ct);
        // Who was erased is a stranger from then on, whatever an old session of the shop says.
        if (customer is { } asked && await work.QuerySingleAsync<bool>("select is_erased(@asked)", new { asked }, ct))
        {
            customer = null;
        }
        var state = await OpenAsync(work, conversationId, customer, now, ct);
        if (state is null)
        {
            return new Outcome.NoSuchConversation();
        }
        Visitor visitor = customer is { } known
            ? new Visitor.Known(await KnownOrder.OfPersonAsync(work, known, ct))
            : new Visitor.Stranger();
        var products = Reply.LooksForProducts(text, understood, state.Awaiting)
            ? await ProductSearch.FindAsync(work, ProductSearch.Terms(text), ct)
            : [];
        var reply = Reply.Decide(new Turn(text, understood, state.Awaiting, visitor, products, facts));
        await SaveAsync(work, state.Id, text, understood, reply, now, ct);
        await work.CommitAsync(ct);

        answered.Add(1, new KeyValuePair<string, object?>("intent", reply.Intent));
        activity?.SetTag("chatbot.intent", reply.Intent).SetTag("chatbot.model", understood.ModelVersion);
        return new Outcome.Answered(
            new Answer(
                state.Id,
                reply.Text,
                reply.Intent,
                Math.Round(understood.Confidence, 4),
                understood.ModelVersion,
                reply.Needs,
                reply.Products,
                reply.Order
            )
        );
    }

    private static async Task<State?> OpenAsync(UnitOfWork work, Guid? id, Guid? customer, DateTimeOffset now, CancellationToken ct)
    {
        if (id is null)
        {
            var opened = Guid.CreateVersion7(now);
            await work.ExecuteAsync(
                StartSql,
                new
                {
                    Id = opened,
                    customer,
                    now,
                },
                ct
            );
            return new State(opened, Awaiting.Nothing);
        }
        var row = await work.QuerySingleOrDefaultAsync<Row>(OpenSql, new { Id = id, customer }, ct);
        return row is null ? null : new State(row.Id, Enum.Parse<Awaiting>(row.Awaiting, ignoreCase: true));
    }

    private static Task<int> SaveAsync(
        UnitOfWork work,
        Guid id,
        string text,
        Understood understood,
        Reply reply,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        work.ExecuteAsync(
            SaveSql,
            new
            {
                id,
                Text = text,
                Reply = reply.Text,
                Guess = understood.Intent,
                reply.Intent,
                understood.Confidence,
                understood.ModelVersion,
                Needs = reply.Needs is { } needs ? Name(needs) : null,
                Awaiting = Name(reply.Awaiting),
                now,
            },
            ct
        );

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private sealed record State(Guid Id, Awaiting Awaiting);

    private sealed record Row(Guid Id, string Awaiting);

    private const string StartSql = """
        insert into conversations (id, customer_id, awaiting, started_at, last_at) values (@Id, @customer, 'nothing', @now, @now)
        """;

    // A stranger may go on with a conversation, and becomes its owner by signing in; a known person enters only their own.
    private const string OpenSql = """
        update conversations set customer_id = coalesce(customer_id, @customer)
        where id = @Id and (@customer::uuid is null or customer_id is null or customer_id in (select same_person(@customer)))
        returning id, awaiting
        """;

    private const string SaveSql = """
        insert into messages (conversation_id, who, text, intent, confidence, model_version, needs, at)
        values
            (@id, 'visitor', @Text, @Guess, @Confidence, @ModelVersion, null, @now),
            (@id, 'bot', @Reply, @Intent, @Confidence, @ModelVersion, @Needs, @now);

        update conversations set awaiting = @Awaiting, last_at = @now where id = @id
        """;
}
