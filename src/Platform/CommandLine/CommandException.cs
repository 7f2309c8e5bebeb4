namespace MarketingPlatform.Platform.CommandLine;

/// <summary>Ends a command with exit code 1; the message says what is wrong and what to do, and is all the user sees.</summary>
public sealed class CommandException(string message, Exception? cause = null) : Exception(message, cause);
