using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>
/// Forms: slots are filled from what is said, in any order; what is missing is asked for; "no, the red one" changes what was said; what comes
/// between is answered, and the form goes on.
/// </summary>
internal static class Forms
{
    /// <summary>Answers that do not fit before a person is asked.</summary>
    private const int MaxMisses = 3;

    // Who says more than this while a form asks, and is surely understood, asks for something else.
    private const int ShortAnswerWords = 4;

    /// <param name="isResumed">What is said at the beginning was said already.</param>
    public static Reply Begin(Turn turn, ScriptIntent intent, bool isResumed = false)
    {
        var form = FormState.Of(intent.Name, turn.Text);
        if (intent.Private && turn.Visitor is Visitor.Stranger)
            return SignInFlow.Begin(turn, intent, form, isResumed);
        var say = isResumed || intent.Say is null ? null : Phrases.Fill(intent.Say, turn);
        var (filled, wrong) = Fill(turn, intent, form, turn.Text);
        return wrong is null
            ? Advance(turn, intent, filled).Before(say)
            : Ask(turn, intent, filled, intent.Slots.First(slot => !filled.Slots.ContainsKey(slot.Name))).Instead(wrong).Before(say);
    }

    public static Reply Continue(Turn turn, ScriptIntent intent, FormState form)
    {
        var asksElse = turn.Sure is { } sure && sure.Name != intent.Name && !SearchesNothing(turn, sure);
        if (form.Confirming)
        {
            if (ShortAnswer.IsYes(turn))
                return Complete(turn, intent, form);
            if (ShortAnswer.IsNo(turn))
                return new Reply(turn.Says("cancelled"), intent.Name, turn.State with { Form = null });
        }
        else if (form.Asking is { } asked && !(asksElse && Wording.Words(turn.Text).Count > ShortAnswerWords))
        {
            var slot = intent.Slot(asked);
            switch (SlotReading.Read(slot, turn.Text, turn, form, asked: true))
            {
                // Anything at all is a text, or may be looked for: "thanks" is neither.
                case SlotReading.Filled filled
                    when !asksElse || !(slot.Kind == SlotKind.Text || (slot.Kind == SlotKind.Product && turn.Products.Count == 0)):
                    return Advance(turn, intent, AlsoSaid(turn, intent, form.With(asked, filled.Value)));
                case SlotReading.Wrong wrong:
                    return Ask(turn, intent, form, slot).Instead(wrong.Why);
            }
            if (ShortAnswer.IsNo(turn) && (Wording.Words(turn.Text).Count == 1 || turn.Sure is { Do: Deed.Nothing }))
                return new Reply(turn.Says("cancelled"), intent.Name, turn.State with { Form = null });
            // No answer to the question, but to one that is still to come.
            if (!asksElse && Fill(turn, intent, form, turn.Text).Form is { } also && also.Slots.Count > form.Slots.Count)
                return Advance(turn, intent, also);
        }
        // Something came between: it is answered, and then this goes on.
        var aside = turn with
        {
            State = turn.State with
            {
                Form = null,
                Interrupted = IsWorthReturning(intent, form) ? [form, .. turn.State.Interrupted] : turn.State.Interrupted,
            },
        };
        // "How long does a refund take" while something is returned is a question about it, no other return.
        if (turn is { Sure: { } same, Knowledge: { Knows: true } article } && same.Name == intent.Name)
            return Decision.Cite(aside, article);
        if ((asksElse || turn.Knowledge is { Knows: true }) && Decision.OfItself(aside) is { } answer)
            return answer;
        // Who does not take up a mere offer may have spoken of something else.
        if (intent.Slots.Count == 0)
            return Decision.OfItself(aside) ?? Fallback.NotUnderstood(aside);
        return form.Misses + 1 >= MaxMisses
            ? HandOver(turn, intent.Name, "form-stuck")
            : Advance(turn, intent, form with { Misses = form.Misses + 1 }).Before(turn.Says("not-fitting"));
    }

    /// <summary>"It is too expensive" sounds like a search and names nothing to look for: in a form about something else it is an answer.</summary>
    private static bool SearchesNothing(Turn turn, ScriptIntent sure) =>
        sure.Do == Deed.FindProducts && (turn.Search.IsBare || turn is { Products.Count: 0, Found.Nearest: null });

    /// <summary>A mere offer is not made again, nor is a question to which nothing was said yet, unless something is to be done in the end.</summary>
    private static bool IsWorthReturning(ScriptIntent intent, FormState form) =>
        intent.Slots.Count > 0 && (intent.Confirm is not null || form.Slots.Count > 0);

    /// <returns>Null where the message corrects nothing of the form, or of the one that was just completed.</returns>
    public static Reply? Correct(Turn turn)
    {
        var form = turn.State.Form ?? turn.State.Done;
        if (
            form is null
            || ShortAnswer.Correction(turn.Text, turn.Script) is not { } said
            || turn.Script.Intent(form.Intent) is not { } intent
        )
            return null;
        if (intent.Private && turn.Visitor is Visitor.Stranger)
            return null;
        foreach (
            var slot in intent.Slots.Where(slot => form.Slots.ContainsKey(slot.Name)).OrderByDescending(slot => slot.Name == form.Last)
        )
        {
            // Without itself, so that an order's lines are looked up by the order and not by the line.
            switch (SlotReading.Read(slot, said, turn, form.Without([slot.Name]), asked: false))
            {
                case SlotReading.Filled { Value: var value } when value.Value != form.Slots[slot.Name].Value:
                    var changed = form.Without(DependentsOf(slot, intent)).With(slot.Name, value) with
                    {
                        Confirming = false,
                        Asking = null,
                    };
                    return Advance(turn, intent, changed).Before(turn.Says("corrected", ("value", value.Shown)));
                case SlotReading.Wrong wrong:
                    return new Reply(wrong.Why, intent.Name, turn.State, Need.OrderNumber);
            }
        }
        return null;
    }

    /// <summary>Asks for what is missing, or does what the form is for.</summary>
    public static Reply Advance(Turn turn, ScriptIntent intent, FormState form)
    {
        if (intent.Private && turn.Visitor is Visitor.Stranger)
            return SignInFlow.Begin(turn, intent, form);
        var guessed = false;
        foreach (var slot in intent.Slots)
        {
            if (!form.Slots.ContainsKey(slot.Name))
            {
                if (slot.Kind == SlotKind.Order && turn.Orders.Count == 0)
                    return new Reply(turn.Says("no-order"), intent.Name, turn.State with { Form = null });
                if (Known(slot, turn, form) is not { } value)
                    return Ask(turn, intent, form, slot).Before(Refunds(turn, intent, form));
                guessed |= slot.OrLatest;
                form = form with { Slots = form.With(slot.Name, value).Slots };
            }
            if (
                slot.Kind == SlotKind.Order
                && intent.Do == Deed.ReturnRequest
                && OrderOf(turn, form) is { Status: OrderState.Refunded } back
            )
                return new Reply(
                    OrderReplies.Refunds(back, turn),
                    intent.Name,
                    Ended(turn, form) with
                    {
                        OrderId = back.OrderId,
                    },
                    Order: back
                );
        }
        if (intent.Confirm is not { } confirm)
            return Complete(turn, intent, form, guessed);
        var shown = form.Slots.Select(slot => (slot.Key, slot.Value.Shown)).ToArray();
        return new Reply(
            Phrases.Fill(confirm, turn, shown),
            intent.Name,
            turn.State with
            {
                Form = form with { Asking = null, Confirming = true },
            },
            Need.Answer,
            Choices: [.. turn.Script.Words.Yes.Take(1), .. turn.Script.Words.No.Take(1)]
        ).Before(Refunds(turn, intent, form));
    }

    public static Reply HandOver(Turn turn, string intent, string reason, FormState? form = null) =>
        new(
            turn.Says("to-person"),
            intent,
            turn.State with
            {
                Form = null,
                SignIn = null,
                Done = null,
            },
            Need.Human,
            Act: new Act.HandOver(reason, (form ?? turn.State.Form)?.Slots ?? new Dictionary<string, SlotValue>())
        );

    public static Reply Complete(Turn turn, ScriptIntent intent, FormState form, bool guessed = false)
    {
        var done = turn with { State = Ended(turn, form) };
        switch (intent.Do)
        {
            case Deed.OrderStatus:
                return OrderReplies.Status(done, form, guessed);
            case Deed.Loyalty:
                return new Reply(OrderReplies.Loyalty(done), intent.Name, done.State);
            case Deed.FindProducts:
                var found = ProductReplies.Found(done, form);
                return found.Needs is not Need.Product
                    ? found
                    : found with
                    {
                        State = found.State with { Form = form.Without(["product"]) with { Asking = "product" } },
                    };
            case Deed.Recommend:
                return new Reply("", intent.Name, done.State, Act: new Act.Recommend());
            case Deed.Handoff:
                return HandOver(done, intent.Name, "asked", form);
            case Deed.ReturnRequest:
                return HandOver(done, intent.Name, "return", form);
            default:
                return new Reply("", intent.Name, done.State);
        }
    }

    public static Reply Ask(Turn turn, ScriptIntent intent, FormState form, ScriptSlot slot)
    {
        var options = SlotReading.Options(slot, turn, form);
        return new Reply(
            Phrases.Fill(slot.Ask, turn, ("options", string.Join(", ", options))),
            intent.Name,
            turn.State with
            {
                Form = form with { Asking = slot.Name, Confirming = false },
            },
            slot.Kind switch
            {
                SlotKind.Order => Need.OrderNumber,
                SlotKind.Product => Need.Product,
                _ => Need.Answer,
            },
            Choices: options.Count > 0 ? options : null
        );
    }

    // One word answers what was asked; a sentence may answer what would be asked next.
    private static FormState AlsoSaid(Turn turn, ScriptIntent intent, FormState form) =>
        Wording.Words(turn.Text).Count > 1 ? Fill(turn, intent, form, turn.Text).Form with { Last = form.Last } : form;

    private static Reply Instead(this Reply reply, string text) => reply with { Text = text };

    private static (FormState Form, string? Wrong) Fill(Turn turn, ScriptIntent intent, FormState form, string text)
    {
        foreach (var slot in intent.Slots.Where(slot => !form.Slots.ContainsKey(slot.Name)))
        {
            // A search that was picked from suggestions is asked with its whole sentence.
            switch (SlotReading.Read(slot, text, turn, form, asked: false))
            {
                case SlotReading.Filled filled:
                    form = form.With(slot.Name, filled.Value);
                    break;
                case SlotReading.Wrong wrong:
                    return (form, wrong.Why);
            }
        }
        return (form, null);
    }

    /// <summary>What nobody needs to ask: the latest order where that is meant, the only order, its only line.</summary>
    private static SlotValue? Known(ScriptSlot slot, Turn turn, FormState form)
    {
        if (slot.Kind == SlotKind.Order && (slot.OrLatest || turn.Orders.Count == 1))
            return new(turn.Orders[0].OrderId, turn.Orders[0].OrderId);
        return slot.Kind == SlotKind.OrderLine && OrderOf(turn, form) is { } order && order.Lines.Count < 2
            ? order.Lines.Select(line => new SlotValue(line.ProductId, line.Name)).FirstOrDefault() ?? new("", "all of it")
            : null;
    }

    private static string? Refunds(Turn turn, ScriptIntent intent, FormState form) =>
        intent.Do == Deed.ReturnRequest
        && form.Last == "order"
        && form.Misses == 0
        && OrderOf(turn, form) is { Status: OrderState.PartlyRefunded } order
            ? OrderReplies.Refunds(order, turn)
            : null;

    private static KnownOrder? OrderOf(Turn turn, FormState form) =>
        form.Slots.TryGetValue("order", out var slot) ? turn.Orders.FirstOrDefault(order => order.OrderId == slot.Value) : null;

    private static IEnumerable<string> DependentsOf(ScriptSlot changed, ScriptIntent intent) =>
        changed.Kind == SlotKind.Order ? intent.Slots.Where(slot => slot.Kind == SlotKind.OrderLine).Select(slot => slot.Name) : [];

    private static DialogueState Ended(Turn turn, FormState form) =>
        turn.State with
        {
            Form = null,
            Done = form with { Asking = null, Confirming = false, Misses = 0 },
        };
}
