using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.Segmentation.Segments;

/// <summary>What a segment may be called and described as.</summary>
internal static class SegmentName
{
    public static IEnumerable<FieldError> Errors(string? name, string? description)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 200 || name.Any(char.IsControl))
            yield return new FieldError("name", "Give a name of 1 to 200 characters, in one line.");
        if (description is { Length: > 1000 } || description?.Contains('\0', StringComparison.Ordinal) == true)
            yield return new FieldError("description", "At most 1000 characters, and none of them U+0000.");
    }
}
