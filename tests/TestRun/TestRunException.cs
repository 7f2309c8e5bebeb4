namespace MarketingPlatform.TestRun;

/// <summary>The run cannot go on; the message says why.</summary>
internal sealed class TestRunException(string message) : Exception(message);
