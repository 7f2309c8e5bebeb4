namespace MarketingPlatform.Contracts;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most <c>limit</c> rows.</param>
/// <param name="NextCursor">Opaque; pass it as <c>cursor</c> for the next page. Null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
