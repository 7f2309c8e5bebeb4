using System.Reflection;
using System.Runtime.CompilerServices;

namespace MarketingPlatform.Architecture.Tests.Rules;

/// <summary>A service has one door; all else is internal and says that nobody derives from it.</summary>
internal static class Doors
{
    public static IEnumerable<string> Violations(IReadOnlyCollection<Type> types, string door)
    {
        var own = types.Where(type => !IsGenerated(type)).ToArray();
        var bases = types.Select(type => type.BaseType).OfType<Type>().Select(Open).ToHashSet();
        foreach (var type in own.Where(type => type.IsVisible && type.Name != door))
            yield return $"{type.FullName} is public: make it internal, the module is the only door";
        foreach (var type in own.Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract && !bases.Contains(type)))
            yield return $"{type.FullName} is not sealed";
        if (!own.Any(type => type.IsVisible && type.Name == door))
            yield return $"the door {door} is missing or not public";
    }

    private static Type Open(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    // The compiler of Razor makes every component public and open; nobody outside can do anything with one.
    private static bool IsGenerated(Type type) =>
        typeof(Microsoft.AspNetCore.Components.IComponent).IsAssignableFrom(type)
        || type.Name == "_Imports"
        || type.Name.Contains('<', StringComparison.Ordinal)
        || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
        || type.Namespace?.EndsWith(".Generated", StringComparison.Ordinal) == true
        || (type.DeclaringType is { } outer && IsGenerated(outer));
}
