namespace MarketingPlatform.Customers.Imports;

/// <summary>What became of a file, line by line and order by order.</summary>
internal sealed class ImportReport
{
    public LineCounts Lines { get; } = new();

    public OrderCounts Orders { get; } = new();

    public CustomerCounts Customers { get; } = new();

    public SortedDictionary<string, int> RejectedByReason { get; } = [];

    public void Reject(string reason, int lines = 1)
    {
        Lines.Rejected += lines;
        RejectedByReason[reason] = RejectedByReason.GetValueOrDefault(reason) + lines;
    }

    internal sealed class LineCounts
    {
        public int Read { get; set; }

        public int Accepted { get; set; }

        public int Rejected { get; set; }
    }

    /// <remarks>Known: were here before this import. Refunds: orders of returned goods only, counted once each.</remarks>
    internal sealed class OrderCounts
    {
        public int Read { get; set; }

        public int Accepted { get; set; }

        public int Known { get; set; }

        public int Refunds { get; set; }
    }

    internal sealed class CustomerCounts
    {
        public int Identified { get; set; }

        public int Anonymous { get; set; }
    }
}
