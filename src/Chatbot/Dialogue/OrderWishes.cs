namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>"And the one before that?": another order than the one that was just told. "When was that?": the same again.</summary>
internal static class OrderWishes
{
    /// <returns>Null where the message wishes nothing of the kind.</returns>
    public static Reply? Answer(Turn turn)
    {
        if (
            turn.State is not { Form: null, Done: { } done, OrderId: { } told }
            || turn.Visitor is not Visitor.Known
            || turn.Script.Intent(done.Intent) is not { Do: Deed.OrderStatus } intent
        )
            return null;
        var text = ShortAnswer.Correction(turn.Text, turn.Script) ?? turn.Text;
        if (turn.Sure is null && ShortAnswer.IsIt(text, turn.Script) && Says(nothing: text, turn.Script))
            return Forms.Complete(turn, intent, done.With("order", new SlotValue(told, told)));
        if (!DialogueSearch.AsksForOther(text, turn.Script))
            return null;
        var ids = turn.Orders.Select(order => order.OrderId).ToList();
        if (ids.Count < 2)
            return new Reply(turn.Says("no-other-order"), intent.Name, turn.State);
        // The orders stand from the newest on; behind the oldest one the newest is the other.
        var next = ids[(ids.IndexOf(told) + 1) % ids.Count];
        return Forms.Complete(turn, intent, done.With("order", new SlotValue(next, next)));
    }

    private static bool Says(string nothing, Script script) =>
        Understanding.Wording.Words(nothing).All(word => DialogueSearch.SaysNothing(word, script));
}
