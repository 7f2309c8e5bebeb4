using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>Decides what the bot says to a message. No I/O; the same turn has the same reply.</summary>
internal static class Decision
{
    /// <summary>Whether what the articles say can change the answer.</summary>
    public static bool AsksArticles(Understood understood, DialogueState state, Script script) =>
        state.SignIn is null
        && (understood.Ranking.Count > 0 || understood.ModelVersion == Understood.Unjudged.ModelVersion)
        && (!understood.IsSure || script.Intent(understood.Intent) is not { ArticlesFirst: false } sure || sure.Do == Deed.FindProducts);

    public static Reply Decide(Turn turn)
    {
        if (turn.State.SignIn is not null && turn.Visitor is Visitor.Known)
        {
            // The shop's server signed the visitor in meanwhile.
            var waiting = turn.State.Form;
            turn = turn with { State = turn.State with { SignIn = null, Form = null } };
            if (turn.Sure is null && waiting is not null && turn.Script.Intent(waiting.Intent) is { } intent)
                return Finish(turn, Forms.Begin(turn with { Text = waiting.Said }, intent, isResumed: true));
        }
        return Finish(turn, Choose(turn));
    }

    /// <summary>Goes on with what waited for the visitor to be known.</summary>
    public static Reply AfterSignIn(Turn turn)
    {
        var state = turn.State with { SignIn = null, Form = null };
        var done =
            turn.State.Form is { } form && turn.Script.Intent(form.Intent) is { } intent
                ? Forms.Begin(turn with { Text = form.Said, State = state }, intent, isResumed: true)
                : new Reply("", Intents.Greeting, state);
        return Finish(turn, done.Before(turn.Says("signed-in")));
    }

    private static Reply Choose(Turn turn)
    {
        var state = turn.State;
        var isBusy = state.Form is not null || state.SignIn is not null;
        // "stop" ends what goes on; "stop, I want a person" asks for one.
        if (isBusy && ShortAnswer.IsCancel(turn) && (turn.Sure is not { Do: Deed.Handoff } || Wording.Words(turn.Text).Count == 1))
            return new Reply(
                turn.Says("cancelled"),
                state.Form?.Intent ?? Intents.Fallback,
                state with
                {
                    Form = null,
                    SignIn = null,
                    Later = state.SignIn is null ? state.Later : [],
                }
            );
        if (turn.Sure is { Do: Deed.Handoff, Confirm: null } person)
            return Forms.HandOver(turn, person.Name, "asked");
        if (state.SignIn is { } signIn)
            return SignInFlow.Decide(turn, signIn);
        if (Fallback.Answer(turn) is { } suggested)
            return suggested;
        if (OrderWishes.Answer(turn) is { } other)
            return other;
        if (Comparisons.Answer(turn) is { } compared)
            return compared;
        if (ProductWishes.Answer(turn) is { } wished)
            return wished;
        if (Forms.Correct(turn) is { } corrected)
            return corrected;
        if (state.Form is { } form && turn.Script.Intent(form.Intent) is { } intent)
            return Forms.Continue(turn, intent, form);
        return OfItself(turn) ?? Fallback.NotUnderstood(turn);
    }

    /// <summary>What the message asks for by itself, whatever was spoken of; null where it was not understood.</summary>
    public static Reply? OfItself(Turn turn)
    {
        // "1001" means an order, whether or not one was asked for: no classifier can know the shop's numbers.
        if (OrderMention.IsOnlyNumber(turn.Text) && turn.Script.Intents.Values.FirstOrDefault(i => i.Do == Deed.OrderStatus) is { } status)
            return Forms.Begin(turn, status);
        if (turn.Sure is { } sure && !IsForArticles(turn, sure))
        {
            // What an article says may be all that a person, or a visitor's name, is needed for.
            return
                sure.ArticlesFirst
                && (sure.Do == Deed.Handoff || (sure.Private && turn.Visitor is Visitor.Stranger))
                && turn.Knowledge is { Knows: true } first
                ? Forms.Begin(turn, sure, isResumed: true).Before(first.Text) with
                {
                    Citations = first.Citations,
                }
                : Forms.Begin(turn, sure);
        }
        if (turn.Sure is null && ProductWishes.Named(turn) is { } search)
            return Forms.Begin(turn, search);
        return turn.Knowledge is { Knows: true } article ? Cite(turn, article) : null;
    }

    /// <summary>
    /// Whether an article answers better: it is surer, where the dialogue says that it may be, or a search finds nothing: "how much is the delivery" looks
    /// for no product where there is none of that name.
    /// </summary>
    public static bool IsForArticles(Turn turn, ScriptIntent sure) =>
        turn.Knowledge is { Knows: true } article
        && (
            (sure.ArticlesFirst && article.Confidence > turn.Understood.Confidence)
            || (sure.Do == Deed.FindProducts && turn is { Products.Count: 0, Found.Nearest: null })
        );

    public static Reply Cite(Turn turn, Knowledge.KnowledgeAnswer article) =>
        new(article.Text, Article, turn.State, Citations: article.Citations);

    /// <summary>What the API calls an answer that an article gave.</summary>
    public const string Article = "article";

    /// <summary>Back to what something came between, on to what waited for it, and an end to misunderstandings.</summary>
    private static Reply Finish(Turn turn, Reply reply)
    {
        var state = reply.State;
        if (reply.Intent != Intents.Fallback)
            state = state with { Misunderstanding = null };
        if (reply.Act is Act.HandOver)
            return reply with
            {
                State = state with
                {
                    Form = null,
                    SignIn = null,
                    Interrupted = [],
                    Later = [],
                    Misunderstanding = turn.State.Misunderstanding,
                },
            };
        if (state is { Form: null, SignIn: null, Interrupted: [var before, ..] } && turn.Script.Intent(before.Intent) is { } intent)
        {
            var resumed = turn with { State = state with { Interrupted = [.. state.Interrupted.Skip(1)] } };
            var question = Forms.Advance(resumed, intent, before);
            var back = $"{turn.Says("resume")} {question.Text}";
            return reply with
            {
                Text = reply.Act is null ? $"{reply.Text} {back}" : reply.Text,
                Behind = reply.Act is null ? reply.Behind : back,
                State = question.State with { Shown = state.Shown, Sought = state.Sought, OrderId = state.OrderId },
                Needs = question.Needs,
                Choices = question.Choices,
            };
        }
        if (state is not { Form: null, SignIn: null, Later: [var next, ..] } || reply.Act is not null)
            return reply with { State = state };
        var rest = reply with { State = state with { Later = [.. state.Later.Skip(1)] } };
        return Finish(turn, SeveralQuestions.Next(turn, rest, next) ?? rest);
    }
}
