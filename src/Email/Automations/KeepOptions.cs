namespace MarketingPlatform.Email.Automations;

/// <summary>Bound from <c>Email:Keep</c>.</summary>
internal sealed class KeepOptions
{
    /// <value>
    /// How long events are kept that conditions of automations count. Default 400 days; a condition that looks back further keeps its
    /// events as long as it looks.
    /// </value>
    public TimeSpan Events { get; init; } = TimeSpan.FromDays(400);

    /// <value>How long the story of a journey is kept, step by step, after it ended. Default 400 days; the journey itself stays.</value>
    public TimeSpan Stories { get; init; } = TimeSpan.FromDays(400);
}
