using System.Text.Json;

namespace MarketingPlatform.Contracts;

/// <summary>How many rows of a person a table held.</summary>
public sealed record TableRows(string Table, long Rows);

/// <summary>The rows of a person in one table, as JSON objects of their columns.</summary>
public sealed record TableContent(string Table, IReadOnlyList<JsonElement> Rows);
