namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>"And the one before that?": another order than the one that was just told.</summary>
internal static class OrderWishes
{
    /// <returns>Null where the message wishes nothing of the kind.</returns>
    public static Reply? Answer(Turn turn)
    {
        if (
            turn.State is not { Form: null, Done: { } done, OrderId: { } told }
            || turn.Visitor is not Visitor.Known
            || turn.Script.Intent(done.Intent) is not { Do: Deed.OrderStatus } intent
            || !DialogueSearch.AsksForOther(ShortAnswer.Correction(turn.Text, turn.Script) ?? turn.Text, turn.Script)
        )
            return null;
        var ids = turn.Orders.Select(order => order.OrderId).ToList();
        if (ids.Count < 2)
            return new Reply(turn.Says("no-other-order"), intent.Name, turn.State);
        // The orders stand from the newest on; behind the oldest one the newest is the other.
        var next = ids[(ids.IndexOf(told) + 1) % ids.Count];
        return Forms.Complete(turn, intent, done.With("order", new SlotValue(next, next)));
    }
}
