namespace MarketingPlatform.TestInfrastructure;

internal static class UniqueName
{
    private const int HintLength = 24;

    /// <summary>A name of lower-case letters, digits and underscores that was never used before: <c>test_email_0198f…</c>.</summary>
    public static string From(string hint)
    {
        var plain = string.Concat(hint.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        return $"test_{plain[..Math.Min(plain.Length, HintLength)]}_{Guid.CreateVersion7():N}";
    }
}
