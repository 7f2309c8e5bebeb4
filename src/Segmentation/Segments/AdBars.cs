using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Segmentation.Rules;

namespace MarketingPlatform.Segmentation.Segments;

/// <summary>
/// What segments meant for ads may not be built of: protected attributes, be it in a rule, in a segment that a rule asks for, or in the features of
/// a prediction. A prediction of which nobody said what it was made of may hide one, and is refused too.
/// </summary>
/// <param name="Fields">Barred fields, such as <c>age</c>.</param>
/// <param name="Features">What each prediction was made of; null where nobody said.</param>
internal sealed record AdBars(IReadOnlyCollection<string> Fields, IReadOnlyDictionary<string, IReadOnlyList<string>?> Features)
{
    public static async Task<AdBars> ReadAsync(UnitOfWork work, CancellationToken ct)
    {
        var fields = await work.QuerySingleAsync<string[]>("select barred_from_ads from segmentation_settings", null, ct);
        var features = await work.QueryAsync<(string Name, string[]? Features)>("select name, features from predictions", null, ct);
        return new AdBars(fields, features.ToDictionary(f => f.Name, f => (IReadOnlyList<string>?)f.Features));
    }

    /// <param name="rules">Every segment's rule by key; null for built-in ones, which ask for orders only.</param>
    public IReadOnlyList<RuleError> Check(Rule rule, IReadOnlyDictionary<string, Rule?> rules) =>
        [
            .. RuleCheck
                .Leaves(rule)
                .Select(leaf => (leaf.At, Why: Why(leaf, rules, [])))
                .Where(leaf => leaf.Why is not null)
                .Select(leaf => new RuleError(leaf.At, leaf.Why!)),
        ];

    /// <returns>Keys of the segments meant for ads that these bars would refuse.</returns>
    public async Task<IReadOnlyList<string>> OffendingAsync(UnitOfWork work, IReadOnlyDictionary<string, Rule?> rules, CancellationToken ct)
    {
        var keys = await work.QueryAsync<string>("select key from segments where for_ads and not deleting order by key", null, ct);
        return [.. keys.Where(key => rules.GetValueOrDefault(key) is { } rule && Check(rule, rules).Count > 0)];
    }

    private string? Why(Rule leaf, IReadOnlyDictionary<string, Rule?> rules, HashSet<string> seen) =>
        leaf switch
        {
            FieldIs { Field: var field } when Fields.Contains(field) =>
                $"'{field}' is barred from segments meant for ads. GET {Routes.Segments}/settings tells what is.",
            FieldIs { Field: var field } when field.StartsWith(Vocabulary.ScorePrefix, StringComparison.Ordinal) => WhyNot(
                field[Vocabulary.ScorePrefix.Length..]
            ),
            Belongs { Segment: var key } when seen.Add(key) && rules.GetValueOrDefault(key) is { } asked => RuleCheck
                .Leaves(asked)
                .Select(inner => Why(inner, rules, seen))
                .FirstOrDefault(why => why is not null)
                is { } reason
                ? $"The segment '{key}' cannot be used for ads: {reason}"
                : null,
            _ => null,
        };

    private string? WhyNot(string score)
    {
        if (Features.GetValueOrDefault(score) is not { } made)
            return $"Nobody said what the prediction '{score}' is made of: name its features with PUT {Routes.Predictions}/{score}.";
        var barred = made.Where(Fields.Contains).ToList();
        return barred.Count == 0
            ? null
            : $"The prediction '{score}' is made of {string.Join(", ", barred)}, which is barred from segments meant for ads.";
    }
}
