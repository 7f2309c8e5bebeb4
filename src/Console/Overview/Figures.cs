namespace MarketingPlatform.Console.Overview;

/// <summary>As <c>GET /api/v1/customers/overview</c> answers.</summary>
internal sealed record CustomersOverview(long Customers, long Identified, string? Currency, IReadOnlyList<CustomersOverview.OfDay> Days)
{
    internal sealed record OfDay(string Day, long Events, long Orders, decimal Revenue, long NewCustomers);
}

/// <summary>As <c>GET /api/v1/messages/overview</c> answers.</summary>
internal sealed record MailOverview(IReadOnlyList<MailOverview.OfDay> Days, IReadOnlyList<MailOverview.OfAutomation> Automations)
{
    internal sealed record OfDay(string Day, long Sent, long Suppressed, long Failed);

    internal sealed record OfAutomation(
        string Automation,
        long Queued,
        long Sent,
        long Suppressed,
        long Failed,
        long Ambiguous,
        DateTimeOffset? LastSentAt
    );
}
