namespace MarketingPlatform.Console.Api;

/// <summary>Why a call brought nothing.</summary>
internal enum FailureKind
{
    /// <summary>There is nothing at the path, or nothing with this id.</summary>
    Missing,

    /// <summary>The service does not answer, or not in time.</summary>
    Away,

    /// <summary>The service answered that it will not do this; the message is its own sentence.</summary>
    Refused,

    /// <summary>Somebody has changed it since the version that the call named.</summary>
    Changed,
}

internal sealed record ApiFailure(FailureKind Kind, string Message);

/// <summary>What a service answered, or why it did not: a page shows the rest all the same.</summary>
internal sealed record Answer<T>(T? Value, ApiFailure? Failure)
{
    public bool Ok => Failure is null;

    public bool IsMissing => Failure?.Kind == FailureKind.Missing;

    /// <summary>What to tell on the page; null where all is well or there is merely nothing there.</summary>
    public string? Trouble => Failure is { Kind: not FailureKind.Missing } ? Failure.Message : null;
}
