namespace MarketingPlatform.Console.Overview;

/// <summary>How far a new shop has come on its way from empty to the first mail. Nothing is ticked off by hand: the platform's own figures say it.</summary>
internal sealed record TourState(bool HasCustomers, bool HasOrders, bool HasMail)
{
    /// <param name="customers">Null where the service does not say; the others too.</param>
    /// <param name="scored">Customers in a segment of the RFM grid: they have ordered.</param>
    public static TourState Of(long? customers, long? scored, long? mails) => new(customers > 0, scored > 0, mails > 0);
}
