using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace MarketingPlatform.Contracts.Tests;

/// <summary>
/// An instance of any contract with every member filled, the same each time and wherever the member stands: texts are the member's name,
/// numbers and times follow from it, lists have one element.
/// </summary>
internal static class Representative
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static object Of(Type type) => Make(type, "");

    private static object Make(Type type, string name)
    {
        var number = NumberOf(name);
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return Camel(name);
        if (type == typeof(bool))
            return true;
        if (type == typeof(int))
            return number;
        if (type == typeof(long))
            return (long)number;
        if (type == typeof(double))
            return number + 0.5;
        if (type == typeof(decimal))
            return number + 0.25m;
        if (type == typeof(Guid))
            return new Guid($"00000000-0000-7000-8000-{number:D12}");
        if (type == typeof(DateTimeOffset))
            return Noon.AddMinutes(number);
        if (type == typeof(DateOnly))
            return DateOnly.FromDateTime(Noon.Date).AddDays(number);
        if (type == typeof(TimeSpan))
            return TimeSpan.FromMinutes(number);
        if (type == typeof(JsonElement))
            return JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["any"] = "thing" });
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(0)!;
        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
            return Many(type, name);
        return Record(type);
    }

    private static object Many(Type type, string name)
    {
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 2)
        {
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            dictionary.Add(Make(arguments[0], name), Make(arguments[1], name));
            return dictionary;
        }
        var array = Array.CreateInstance(arguments[0], 1);
        array.SetValue(Make(arguments[0], name), 0);
        return array;
    }

    private static object Record(Type type)
    {
        var constructor =
            type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).MaxBy(c => c.GetParameters().Length)
            ?? throw new InvalidOperationException($"{type} has no public constructor: say in {nameof(Representative)} how one is made.");
        return constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType, p.Name!))]);
    }

    /// <summary>From 10 to 99.</summary>
    private static int NumberOf(string name) => (name.Sum(c => char.ToLowerInvariant(c)) % 90) + 10;

    private static string Camel(string name) => name.Length == 0 ? "text" : char.ToLowerInvariant(name[0]) + name[1..];
}
