using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using MarketingPlatform.Platform.Privacy;

namespace MarketingPlatform.Architecture.Tests.Rules;

/// <summary>Erasure and export work from one list of tables a service. A table that is not on it outlives the person.</summary>
internal static class PersonalData
{
    /// <summary>Names of columns that say who somebody is.</summary>
    public static readonly IReadOnlySet<string> Columns = new HashSet<string>
    {
        "customer_id",
        "origin_id",
        "canonical_id",
        "email",
        "phone",
        "address",
    };

    private static readonly string[] Lists = ["PersonalTables", "Columns", "Places"];

    /// <param name="tables">Every table with its columns.</param>
    public static IEnumerable<string> Unlisted(IEnumerable<(string Table, string Column)> tables, IReadOnlyCollection<string> listed) =>
        tables
            .Where(entry => Columns.Contains(entry.Column))
            .Select(entry => entry.Table)
            .Distinct()
            .Where(table => !listed.Contains(table))
            .Select(table => $"{table} holds data of a person and is not in the list of personal tables");

    public static IEnumerable<string> Gone(IEnumerable<(string Table, string Column)> tables, IEnumerable<string> listed) =>
        listed.Distinct().Except(tables.Select(entry => entry.Table)).Select(table => $"{table} is in the list and no table");

    /// <returns>The tables on a service's list: <c>PersonalTables</c> of its database, or the list of its class PersonalData.</returns>
    public static IReadOnlyList<string> ListedBy(IEnumerable<Type> types) =>
        [
            .. types
                .Where(type => type.Name.EndsWith("Database", StringComparison.Ordinal) || type.Name == nameof(PersonalData))
                .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(field => Lists.Contains(field.Name))
                .SelectMany(field => ((IEnumerable)field.GetValue(null)!).Cast<object>())
                .Select(TableOf),
        ];

    /// <summary>
    /// What an erasure would leave or would trip over: a listed table that the map forgets, or one whose rows hang on a row of a table that
    /// is deleted.
    /// </summary>
    /// <param name="references">Foreign keys.</param>
    /// <param name="mapped">Tables of the map.</param>
    public static IEnumerable<string> Unmapped(
        IReadOnlyCollection<string> listed,
        IEnumerable<(string Child, string Parent)> references,
        IReadOnlyCollection<string> mapped
    ) =>
        listed
            .Concat(references.Where(reference => mapped.Contains(reference.Parent)).Select(reference => reference.Child))
            .Distinct()
            .Where(table => !mapped.Contains(table))
            .Select(table => $"{table} is not on the map");

    /// <returns>The tables of a service's map.</returns>
    public static IReadOnlyList<string> MappedBy(IEnumerable<Type> types) =>
        [
            .. types
                .Where(type => !type.ContainsGenericParameters)
                .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(field => field.FieldType == typeof(PersonalDataMap))
                .SelectMany(field => ((PersonalDataMap)field.GetValue(null)!).Tables)
                .Select(table => table.Table)
                .Distinct(),
        ];

    private static string TableOf(object entry) =>
        entry switch
        {
            string table => table,
            ITuple tuple => (string)tuple[0]!,
            _ => (string)(entry.GetType().GetProperty("Table") ?? entry.GetType().GetProperty("Key"))!.GetValue(entry)!,
        };
}
