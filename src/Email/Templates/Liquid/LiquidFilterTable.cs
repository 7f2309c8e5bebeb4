using System.Collections.Frozen;
using System.Reflection;
using DotLiquid;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>The filters that templates may use and how many arguments each takes: a wrong call is found when a template is saved.</summary>
internal static class LiquidFilterTable
{
    private static readonly Type[] Sources = [typeof(LiquidNumberFilters), typeof(LiquidTextFilters), typeof(LiquidListFilters)];

    // DotLiquid keeps its own filters beside ours and chooses by the number of arguments: under names of their own ours cannot be missed.
    private const string Prefix = "std_";

    private static readonly FrozenDictionary<string, MethodInfo> Filters = Sources
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .ToFrozenDictionary(method => Template.NamingConvention.GetMemberName(method.Name));

    public static void Register()
    {
        foreach (var (name, method) in Filters)
            Strainer.GlobalFilter(NameOf(name), null, method);
    }

    public static string NameOf(string filter) => Prefix + filter;

    public static bool Exists(string name) => Filters.ContainsKey(name);

    /// <exception cref="LiquidSyntaxException">Too few or too many arguments.</exception>
    public static void Check(string name, int positional, int named, LiquidExpression at)
    {
        var (least, most) = Arity(Filters[name]);
        if (named > 0 && name != "default")
            throw at.Error($"The filter '{name}' has no named argument.");
        // Its third argument is the value of a named one.
        if (name == "default")
            most = 1;
        if (positional < least || positional > most || named > 1)
            throw at.Error(
                $"The filter '{name}' takes {(least == most ? $"{least}" : $"{least} to {most}")} argument(s), not {positional}."
            );
    }

    private static (int Least, int Most) Arity(MethodInfo method)
    {
        var arguments = method.GetParameters().Where(p => p.ParameterType != typeof(Context)).Skip(1).ToList();
        return (arguments.Count(p => !p.HasDefaultValue), arguments.Count);
    }
}
