namespace MarketingPlatform.LocalServers;

/// <summary>A server could not be started from the binaries on this machine; the message says what to do about it.</summary>
public sealed class LocalServerException(string message, Exception? inner = null) : Exception(message, inner);
