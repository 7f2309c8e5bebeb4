namespace MarketingPlatform.Cli.Api;

/// <summary>Ends a command with exit code 1; the message says what is wrong and what to do, and is all the user sees.</summary>
internal sealed class CommandFailure(string message, Exception? cause = null) : Exception(message, cause);
