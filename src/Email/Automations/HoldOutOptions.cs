using MarketingPlatform.Email.Automations.Execution;

namespace MarketingPlatform.Email.Automations;

/// <summary>Bound from <c>Email:HoldOut</c>.</summary>
internal sealed class HoldOutOptions
{
    /// <value>Share of each automation's customers that it leaves out, where its file says nothing else. Default 0.05; 0 to 0.5.</value>
    public double Automations { get; init; } = 0.05;

    /// <value>Share of all customers that get no marketing mail of any automation. Default 0; 0 to 0.5.</value>
    public double Programme { get; init; }

    /// <value>Change it when a new period of measuring begins: others are then left out. Default 1.</value>
    public string Seed { get; init; } = "1";

    /// <value>
    /// Journeys that an automation lets in before it leaves anybody out: in a handful nothing can be measured, and each of them counts.
    /// Default 200.
    /// </value>
    public long After { get; init; } = 200;

    public HoldOutRules Rules => new(Automations, Programme, Seed, After);
}
