using System.Diagnostics.Metrics;
using System.Text.Json;
using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Handoff;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.SignIn;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Conversations;

internal abstract record Outcome
{
    public sealed record Answered(Answer Answer) : Outcome;

    /// <summary>It does not exist, or is somebody else's: a caller cannot tell which.</summary>
    public sealed record NoSuchConversation : Outcome;

    /// <summary>More messages than one conversation takes; nothing was stored.</summary>
    public sealed record TooMany(TimeSpan Wait) : Outcome;
}

/// <summary>
/// Answers one message: understand it, read what the answer depends on, decide, do what is still to be done, store all. One transaction, in which
/// the conversation is locked: two messages at the same time are answered one after the other, and a person who takes over is never spoken into.
/// </summary>
internal sealed class Conversation(
    ChatbotDatabase database,
    MessageReader reader,
    KnowledgeBase articles,
    ScriptStore scripts,
    Languages languages,
    SignInCodes codes,
    CodeSender sender,
    IServiceScopeFactory scopes,
    IOptions<ChatbotOptions> options,
    IOptions<Shop> shop,
    TimeProvider clock,
    [FromKeyedServices(ChatbotModule.Service)] ServiceTelemetry telemetry
)
{
    private readonly ShopFacts facts = new(
        shop.Value.Name,
        shop.Value.SiteUrl,
        TimeZoneInfo.FindSystemTimeZoneById(shop.Value.TimeZone),
        shop.Value.Currency
    );
    private readonly Counter<long> answered = telemetry.Meter.CreateCounter<long>(
        "marketing.chat.answers",
        "{answer}",
        "Messages answered, by intent."
    );
    private readonly Counter<long> handedOver = telemetry.Meter.CreateCounter<long>(
        "marketing.chat.handoffs",
        "{handoff}",
        "Conversations handed over to people, by reason."
    );

    public bool PeopleAreThere(Script script) => script.People.Hours.AreOpen(clock.GetUtcNow(), facts.Zone);

    /// <summary>A sentence of the machinery outside of any turn.</summary>
    public string Says(Script script, string name) => Silence(script).Says(name);

    /// <summary>What the bot says before anybody has asked anything.</summary>
    public string Greeting(Script script)
    {
        var say = script.Intent(Intents.Greeting)?.Say ?? script.Says["abilities"];
        return Phrases.Fill(say, Silence(script));
    }

    private Turn Silence(Script script) =>
        new("", Nothing, DialogueState.Start, new Visitor.Stranger(), CatalogueSearch.Nothing, Findings.Nothing, null, script, facts);

    /// <param name="customer">Whom the caller vouches for; null for whoever the conversation knows itself.</param>
    public async Task<Outcome> AnswerAsync(ConversationKey key, Guid? customer, string text, CancellationToken ct)
    {
        using var activity = telemetry.Activities.StartActivity("chatbot.answer_message");
        // Before the transaction: a language model may take seconds over the articles.
        var (before, holder) = await OpenConversation.GlanceAsync(database, key, ct);
        var whole = await HearAsync(text, before, holder, ct);
        var understood = whole.Understood;
        List<Heard> parts = [];
        if (SeveralQuestions.MayBeIn(before))
            foreach (var part in SeveralQuestions.Parts(text, scripts.LatestIn(before.Language ?? understood.Language)))
                parts.Add(await HearAsync(part, before, holder, ct, isPart: true));
        var now = clock.GetUtcNow();

        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ChatbotDatabase.LockPeopleShared, null, ct);
        // Who was erased is a stranger from then on, whatever an old session of the shop says.
        if (customer is { } asked && await work.QuerySingleAsync<bool>("select is_erased(@asked)", new { asked }, ct))
        {
            customer = null;
        }
        if (await OpenConversation.EnterAsync(work, key, customer, now, ct) is not { } open)
        {
            return new Outcome.NoSuchConversation();
        }
        if (await OpenConversation.WaitAsync(work, open.Id, options.Value.MessagesPerMinute, now, ct) is { } wait)
        {
            return new Outcome.TooMany(wait);
        }
        if (open.Holder != Holder.Bot)
        {
            // Whoever has the conversation reads it; the bot keeps silent.
            await SaveMessages.VisitorAsync(work, open.Id, text, understood, now, ct);
            await work.CommitAsync(ct);
            return new Outcome.Answered(Silent(open.Id, understood));
        }

        customer ??= open.Known;
        var state = open.State with { Language = languages.Spoken(text, understood.Language, open.State.Language) };
        var script = await scripts.CurrentAsync(work, state.Language, ct);
        var visitor = await VisitorAsync(work, customer, ct);
        var turn = await TurnAsync(work, whole, state, visitor, script, ct);
        var (reply, code) = await ActAsync(work, open.Id, customer, turn, await DecideAsync(work, customer, turn, parts, now, ct), now, ct);
        var message = await SaveMessages.BothAsync(work, open.Id, text, understood, reply, now, ct);
        await work.CommitAsync(ct);
        if (code is not null)
        {
            sender.Send(code);
        }

        answered.Add(1, new KeyValuePair<string, object?>("intent", reply.Intent));
        if (reply.Act is Act.HandOver over)
            handedOver.Add(1, new KeyValuePair<string, object?>("reason", over.Reason));
        activity?.SetTag("chatbot.intent", reply.Intent).SetTag("chatbot.model", understood.ModelVersion);
        return new Outcome.Answered(Spoken(open.Id, message, understood, reply));
    }

    /// <summary>A message, or one question of it, with what is read of it outside of any transaction.</summary>
    private sealed record Heard(string Text, Understood Understood, CatalogueWords Words, KnowledgeAnswer? Knowledge);

    private async Task<Heard> HearAsync(string text, DialogueState before, Holder holder, CancellationToken ct, bool isPart = false)
    {
        var understood = await reader.ReadAsync(text, ct);
        var words = await reader.WordsAsync(ct);
        var script = scripts.LatestIn(before.Language);
        if (holder != Holder.Bot || !Decision.AsksArticles(understood, before, script))
            return new Heard(text, understood, words, null);
        // Where products may answer the articles are only a way out.
        var mayBeWorded = !isPart && !(understood.IsSure && script.Intent(understood.Intent) is { Do: Deed.FindProducts });
        return new Heard(text, understood, words, await articles.AskAsync(text, understood, ct, mayBeWorded));
    }

    private async Task<Turn> TurnAsync(
        UnitOfWork work,
        Heard heard,
        DialogueState state,
        Visitor visitor,
        Script script,
        CancellationToken ct
    )
    {
        var search = DialogueSearch.Of(heard.Text, state, script, facts.Currency).In(heard.Words);
        var found = await ProductSearch.FindAsync(work, search.Terms, search.Price, search.Without ?? [], search.Own, ct);
        return new Turn(heard.Text, heard.Understood, state, visitor, search, found, heard.Knowledge, script, facts);
    }

    private async Task<Reply> DecideAsync(
        UnitOfWork work,
        Guid? customer,
        Turn turn,
        IReadOnlyList<Heard> parts,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        // An automation asked for a person: the customer's next message is that person's, whatever it says.
        if (customer is { } known && await RequestedHandoffs.TakeAsync(work, known, now, ct) is { } why)
            return Forms.HandOver(turn, Intents.Fallback, "automation") with
            {
                Act = new Act.HandOver("automation", new Dictionary<string, SlotValue> { ["why"] = new(why, why) }),
            };
        // What was remembered may have changed since the glance.
        if (parts.Count > 0 && SeveralQuestions.MayBeIn(turn.State))
        {
            List<Turn> each = [];
            foreach (var part in parts)
                each.Add(await TurnAsync(work, part, turn.State, turn.Visitor, turn.Script, ct));
            if (SeveralQuestions.Decide(each) is { } answers)
                return answers;
        }
        return Decision.Decide(turn);
    }

    /// <summary>Does what a decision could not: each act ends in a whole reply.</summary>
    private async Task<(Reply Reply, NewCode? Code)> ActAsync(
        UnitOfWork work,
        Guid id,
        Guid? customer,
        Turn turn,
        Reply reply,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        switch (reply.Act)
        {
            case Act.SendCode send:
                var code = await codes.MakeAsync(work, id, send.Address, ct);
                return code is null ? (reply with { Text = turn.Says("code-limit") }, null) : (reply, Worded(code, turn));
            case Act.CheckCode check:
                if (await ProveAsync(work, id, check.Code, now, ct) is not { } proved)
                    return (reply with { Text = turn.Says("code-wrong"), Needs = Need.Code }, null);
                var known = turn with
                {
                    Visitor = await VisitorAsync(work, proved, ct),
                    Understood = Nothing with { ModelVersion = turn.Understood.ModelVersion },
                };
                return await ActAsync(work, id, proved, known, Decision.AfterSignIn(known), now, ct);
            case Act.Recommend:
                await using (var scope = scopes.CreateAsyncScope())
                {
                    var products = await scope
                        .ServiceProvider.GetRequiredService<RecommendationClient>()
                        .ForAsync(customer, RecommendReply.Seen(turn), ct);
                    return (RecommendReply.Complete(turn, reply, products), null);
                }
            case Act.HandOver over:
                await Handoffs.OpenAsync(
                    work,
                    id,
                    reply.Intent,
                    over,
                    reply.State.Misunderstanding,
                    turn.Understood,
                    turn.Script.People,
                    now,
                    ct
                );
                var away = PeopleAreThere(turn.Script) ? "" : " " + turn.Says("person-away");
                return (reply with { Text = reply.Text + away, State = reply.State with { Misunderstanding = null } }, null);
            default:
                return (reply, null);
        }
    }

    /// <summary>The mail in the words of the dialogue.</summary>
    private NewCode Worded(NewCode code, Turn turn)
    {
        var minutes = options.Value.CodeLifetime.TotalMinutes.ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        return code with
        {
            Subject = turn.Says("code-subject", ("code", code.Code)).ReplaceLineEndings(" "),
            Text = turn.Says("code-mail", ("code", code.Code), ("minutes", minutes)),
        };
    }

    /// <summary>Whose address the code proved; a conversation that is another person's already stays that person's.</summary>
    private async Task<Guid?> ProveAsync(UnitOfWork work, Guid id, string code, DateTimeOffset now, CancellationToken ct) =>
        await codes.CheckAsync(work, id, code, ct) is { } customer
        && await OpenConversation.BelongToAsync(work, id, customer, now + options.Value.KnownFor, ct)
            ? customer
            : null;

    private static async Task<Visitor> VisitorAsync(UnitOfWork work, Guid? customer, CancellationToken ct) =>
        customer is { } known ? new Visitor.Known(await KnownOrder.OfPersonAsync(work, known, ct)) : new Visitor.Stranger();

    private static readonly Understood Nothing = new("en", [], 0, false, [], "");

    private static Answer Silent(Guid id, Understood understood) =>
        new(id, null, "person", Math.Round(understood.Confidence, 4), understood.ModelVersion, Need.Human, null, null) { Held = true };

    private static Answer Spoken(Guid id, long message, Understood understood, Reply reply) =>
        new(
            id,
            reply.Text,
            reply.Intent,
            Math.Round(understood.Confidence, 4),
            understood.ModelVersion,
            reply.Needs,
            reply.Products,
            reply.Order
        )
        {
            MessageId = message,
            Choices = reply.Choices,
            Articles = reply.Citations?.Select(c => new CitedArticle(c.ArticleId, c.Title, c.Url)).DistinctBy(c => c.Id).ToArray(),
            Held = reply.Act is Act.HandOver,
        };
}
