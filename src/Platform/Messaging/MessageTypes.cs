using System.Collections.Concurrent;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>How a message's type is written down in tables: full name and assembly, without versions.</summary>
internal static class MessageTypes
{
    private static readonly ConcurrentDictionary<string, Type?> Known = new();

    public static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    public static Type? Find(string name) => Known.GetOrAdd(name, static wanted => Type.GetType(wanted, throwOnError: false));
}

internal static class MessageHeaderNames
{
    public const string TraceParent = "traceparent";
}
