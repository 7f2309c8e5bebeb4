using System.Globalization;
using System.Text.RegularExpressions;

namespace MarketingPlatform.Console.Segments;

/// <summary>What Segmentation says of a rule that it refuses, and the place in the text that it points at.</summary>
internal static partial class RuleTrouble
{
    /// <returns>The sentence without the name of the field, and the place from 0; nulls where there is no trouble.</returns>
    public static (string? Sentence, int? Place) Of(string? refusal)
    {
        if (refusal is null)
            return (null, null);
        var sentence = Field().Replace(refusal, "");
        var character = Character().Match(sentence);
        return (
            sentence,
            character.Success && int.TryParse(character.Groups[1].Value, CultureInfo.InvariantCulture, out var place) && place > 0
                ? place - 1
                : null
        );
    }

    [GeneratedRegex(@"\b(text|rule): (?=At )")]
    private static partial Regex Field();

    [GeneratedRegex(@"At character (\d+)")]
    private static partial Regex Character();
}
