namespace MarketingPlatform.Email.Campaigns;

/// <param name="People">How many do not get it for this reason.</param>
/// <param name="Examples">Some of them.</param>
internal sealed record PreflightReason(string Reason, string Words, int People, IReadOnlyList<Guid> Examples);

/// <param name="People">Who gets it for certain; 0 where a bandit deals people out later.</param>
/// <param name="Subject">As somebody made up would read it; null where it cannot be rendered.</param>
internal sealed record PreflightVariant(string Key, int People, string? Subject);

/// <summary>The least difference between two variants that the test finds four times in five.</summary>
/// <param name="Baseline">What a recipient does on average.</param>
/// <param name="BaselineFrom">Where that is known from.</param>
/// <param name="PerArm">People an arm.</param>
/// <param name="Effect">Absolute, in the metric's unit; null where nothing is known to reckon with.</param>
internal sealed record PreflightDetectable(
    string Metric,
    double? Baseline,
    string BaselineFrom,
    int PerArm,
    double? Effect,
    string Sentence
);

/// <summary>What a campaign would do if it began now.</summary>
/// <param name="Version">Of the definition that was looked at.</param>
/// <param name="Receives">Who gets it, also of those who wait for the test's result.</param>
/// <param name="InTest">Of them, from whom is learnt which variant is better.</param>
/// <param name="Without">Who does not get it, by reason.</param>
/// <param name="MinutesAtLeast">From the throttle; null where there is none.</param>
/// <param name="Problems">What must be mended before it can be approved.</param>
/// <param name="Warnings">What its author should know.</param>
internal sealed record Preflight(
    int Version,
    DateTimeOffset At,
    int Audience,
    int Receives,
    int InTest,
    int HeldOut,
    IReadOnlyList<PreflightReason> Without,
    IReadOnlyList<PreflightVariant> Variants,
    PreflightDetectable? Detectable,
    DateTimeOffset StartsAt,
    double? MinutesAtLeast,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Warnings
);
