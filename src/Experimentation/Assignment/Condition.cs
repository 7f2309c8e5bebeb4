using System.Text.Json;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>Whether attributes fit a condition in the language of GrowthBook, which is MongoDB's with a few operators more:
/// <c>{"country": {"$in": ["GB", "IE"]}, "orders": {"$gte": 2}}</c>.</summary>
/// <remarks>
/// Values compare as in JavaScript: a text of digits is a number beside a number, a missing value is 0 beside a number. A regular
/// expression that is invalid, or takes longer than 100 ms, and an unknown operator fit nothing.
/// </remarks>
public static class Condition
{
    private static readonly TimeSpan RegexTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the attributes fit every member of the condition.</summary>
    /// <param name="condition">An object; one without members fits everybody.</param>
    /// <param name="attributes">An object; paths with dots reach inside.</param>
    /// <param name="groups">Saved lists for <c>$inGroup</c>: an object of arrays.</param>
    public static bool Fits(JsonElement condition, JsonElement attributes, JsonElement groups = default)
    {
        if (condition.ValueKind != JsonValueKind.Object)
            return true;
        foreach (var member in condition.EnumerateObject())
        {
            var fits = member.Name switch
            {
                "$or" => Any(member.Value, attributes, groups),
                "$nor" => !Any(member.Value, attributes, groups),
                "$and" => member.Value.EnumerateArray().All(each => Fits(each, attributes, groups)),
                "$not" => !Fits(member.Value, attributes, groups),
                _ => FitsValue(member.Value, JsonValues.At(attributes, member.Name), groups, ignoreCase: false),
            };
            if (!fits)
                return false;
        }
        return true;
    }

    private static bool Any(JsonElement conditions, JsonElement attributes, JsonElement groups) =>
        conditions.GetArrayLength() == 0 || conditions.EnumerateArray().Any(each => Fits(each, attributes, groups));

    private static bool FitsValue(JsonElement condition, JsonElement value, JsonElement groups, bool ignoreCase)
    {
        switch (condition.ValueKind)
        {
            case JsonValueKind.String:
                var kind = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
                return string.Equals(JsonValues.Text(value), condition.GetString(), kind);
            case JsonValueKind.Number:
                return JsonValues.Number(value) == condition.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return !JsonValues.IsNull(value) && JsonValues.IsTruthy(value) == condition.GetBoolean();
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return JsonValues.IsNull(value);
            case JsonValueKind.Object when IsOfOperators(condition):
                return condition.EnumerateObject().All(member => FitsOperator(member.Name, member.Value, value, groups));
            default:
                return !JsonValues.IsNull(value) && JsonElement.DeepEquals(condition, value);
        }
    }

    private static bool IsOfOperators(JsonElement condition) =>
        condition.EnumerateObject().Any() && condition.EnumerateObject().All(member => member.Name.StartsWith('$'));

    private static bool FitsOperator(string name, JsonElement wanted, JsonElement value, JsonElement groups) =>
        name switch
        {
            "$eq" => JsonValues.Same(value, wanted),
            "$ne" => !JsonValues.Same(value, wanted),
            "$lt" => JsonValues.Compare(value, wanted) is < 0,
            "$lte" => JsonValues.Compare(value, wanted) is <= 0,
            "$gt" => JsonValues.Compare(value, wanted) is > 0,
            "$gte" => JsonValues.Compare(value, wanted) is >= 0,
            "$veq" => VersionOrder.Compare(value, wanted) == 0,
            "$vne" => VersionOrder.Compare(value, wanted) != 0,
            "$vlt" => VersionOrder.Compare(value, wanted) < 0,
            "$vlte" => VersionOrder.Compare(value, wanted) <= 0,
            "$vgt" => VersionOrder.Compare(value, wanted) > 0,
            "$vgte" => VersionOrder.Compare(value, wanted) >= 0,
            "$exists" => JsonValues.IsTruthy(wanted) != JsonValues.IsNull(value),
            "$type" => JsonValues.Type(value) == JsonValues.Text(wanted),
            "$in" => IsArray(wanted) && IsIn(value, wanted, ignoreCase: false),
            "$ini" => IsArray(wanted) && IsIn(value, wanted, ignoreCase: true),
            "$nin" => IsArray(wanted) && !IsIn(value, wanted, ignoreCase: false),
            "$nini" => IsArray(wanted) && !IsIn(value, wanted, ignoreCase: true),
            "$inGroup" => IsIn(value, Group(wanted, groups), ignoreCase: false),
            "$notInGroup" => !IsIn(value, Group(wanted, groups), ignoreCase: false),
            "$all" => HasAll(value, wanted, groups, ignoreCase: false),
            "$alli" => HasAll(value, wanted, groups, ignoreCase: true),
            "$size" => IsArray(value) && FitsValue(wanted, JsonSerializer.SerializeToElement(value.GetArrayLength()), groups, false),
            "$elemMatch" => IsArray(value) && value.EnumerateArray().Any(element => FitsElement(wanted, element, groups)),
            "$not" => !FitsValue(wanted, value, groups, ignoreCase: false),
            "$regex" => Matches(value, wanted, RegexOptions.None) == true,
            "$regexi" => Matches(value, wanted, RegexOptions.IgnoreCase) == true,
            "$notRegex" => Matches(value, wanted, RegexOptions.None) == false,
            "$notRegexi" => Matches(value, wanted, RegexOptions.IgnoreCase) == false,
            _ => false,
        };

    private static bool IsArray(JsonElement value) => value.ValueKind == JsonValueKind.Array;

    private static bool FitsElement(JsonElement wanted, JsonElement element, JsonElement groups) =>
        wanted.ValueKind == JsonValueKind.Object && !IsOfOperators(wanted)
            ? Fits(wanted, element, groups)
            : FitsValue(wanted, element, groups, ignoreCase: false);

    private static bool IsIn(JsonElement value, JsonElement list, bool ignoreCase)
    {
        if (!IsArray(list))
            return false;
        return IsArray(value) ? value.EnumerateArray().Any(each => Holds(list, each, ignoreCase)) : Holds(list, value, ignoreCase);
    }

    private static bool Holds(JsonElement list, JsonElement value, bool ignoreCase) =>
        list.EnumerateArray()
            .Any(each =>
                ignoreCase && each.ValueKind == JsonValueKind.String && value.ValueKind == JsonValueKind.String
                    ? string.Equals(each.GetString(), value.GetString(), StringComparison.OrdinalIgnoreCase)
                    : JsonValues.Same(each, value)
            );

    private static bool HasAll(JsonElement value, JsonElement wanted, JsonElement groups, bool ignoreCase) =>
        IsArray(value)
        && IsArray(wanted)
        && wanted.EnumerateArray().All(each => value.EnumerateArray().Any(element => FitsValue(each, element, groups, ignoreCase)));

    private static JsonElement Group(JsonElement name, JsonElement groups) => JsonValues.Member(groups, JsonValues.Text(name));

    /// <returns>Null where the expression is invalid or too slow.</returns>
    private static bool? Matches(JsonElement value, JsonElement pattern, RegexOptions options)
    {
        try
        {
            return Regex.IsMatch(JsonValues.Text(value), JsonValues.Text(pattern), options | RegexOptions.CultureInvariant, RegexTime);
        }
        catch (Exception failure) when (failure is ArgumentException or RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
