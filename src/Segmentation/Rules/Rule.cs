namespace MarketingPlatform.Segmentation.Rules;

/// <summary>
/// Who belongs to a segment: a tree of conditions. Answers are three-valued (Kleene): what is not known is neither true nor false,
/// <c>not</c> of it is not known either, and only who is a member for certain is one. Counts and sums of nothing are zero, which is known.
/// </summary>
internal abstract record Rule
{
    /// <summary>Where it stood in what was read ("character 12", "$.all[1]"), for messages.</summary>
    public string At { get; init; } = "";
}

internal sealed record All(IReadOnlyList<Rule> Rules) : Rule;

internal sealed record Any(IReadOnlyList<Rule> Rules) : Rule;

internal sealed record Not(Rule Inner) : Rule;

/// <summary><c>country = "DE"</c>, <c>rfm.r &gt;= 4</c>, <c>score.churn &gt; 0.5</c>, <c>bucket.spring &lt; 20</c>.</summary>
internal sealed record FieldIs(string Field, Test Test) : Rule;

/// <summary><c>first_seen in last 30d</c>: later than now − 30 d and not later than now.</summary>
internal sealed record Within(string Field, TimeSpan Last) : Rule
{
    /// <summary>Where the length of the window stood.</summary>
    public string LastAt { get; init; } = "";
}

/// <summary><c>consented email_marketing</c>; who was never asked has not consented.</summary>
internal sealed record Consented(string Purpose) : Rule;

/// <summary><c>in segment "vip"</c>.</summary>
internal sealed record Belongs(string Segment) : Rule;

/// <summary>A measure of what happened in the window (now − <see cref="Last"/>, now], compared.</summary>
/// <param name="Of">The property measured; null for a count.</param>
/// <param name="Last">Null for ever, which only orders allow.</param>
internal sealed record Measured(Source Source, Measure Measure, string? Of, Test Test, TimeSpan? Last) : Rule
{
    /// <inheritdoc cref="Within.LastAt"/>
    public string LastAt { get; init; } = "";

    /// <summary>As properties are stored.</summary>
    public string? FoldedOf { get; } = Of is null ? null : Literal.Fold(Of);
}

internal abstract record Source;

/// <param name="Name">Null for anything that the customer did: not mails that merely came, nor <see cref="Vocabulary.Passive"/> else.</param>
internal sealed record EventSource(string? Name, string? Channel, IReadOnlyList<Filter> Where) : Source
{
    /// <inheritdoc cref="Measured.FoldedOf"/>
    public string? FoldedName { get; } = Name is null ? null : Literal.Fold(Name);

    /// <inheritdoc cref="Measured.FoldedOf"/>
    public string? FoldedChannel { get; } = Channel is null ? null : Literal.Fold(Channel);
}

/// <summary>
/// Orders, refunded or not. Amounts are totals; with a product or category, price × quantity of the lines that match. A sum over whole
/// orders is less the refunds made in the window, each at its own time, so that it does not matter which of the two came first.
/// </summary>
/// <param name="Currency">Of the amounts; others do not count. Null is the shop's.</param>
internal sealed record OrderSource(string? Product, string? Category, string? Currency) : Source
{
    public const string Total = "total";

    public bool Whole => Product is null && Category is null;

    /// <inheritdoc cref="Measured.FoldedOf"/>
    public string? FoldedCategory { get; } = Category is null ? null : Literal.Fold(Category);
}

/// <summary>A property of an event must be so; one that is missing or of another type is not.</summary>
internal sealed record Filter(string Property, Test Test)
{
    public string At { get; init; } = "";

    /// <inheritdoc cref="Measured.FoldedOf"/>
    public string FoldedProperty { get; } = Literal.Fold(Property);
}

internal enum Measure
{
    Count,
    Sum,
    Avg,
    Min,
    Max,
    First,
    Last,
}

internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
    OneOf,
    Known,
    Unknown,
}

/// <param name="Values">One; several for <see cref="Comparison.OneOf"/>; none for known and unknown.</param>
internal sealed record Test(Comparison Comparison, IReadOnlyList<Literal> Values)
{
    /// <summary>Where its values stood.</summary>
    public string At { get; init; } = "";

    private readonly Literal[] folded = [.. Values.Select(v => v.Folded())];

    public static readonly Test Once = new(Comparison.AtLeast, [Literal.Of(1)]);

    public static readonly IReadOnlyDictionary<string, Comparison> Symbols = new Dictionary<string, Comparison>
    {
        ["="] = Comparison.Equal,
        ["!="] = Comparison.NotEqual,
        ["<"] = Comparison.Less,
        ["<="] = Comparison.AtMost,
        [">"] = Comparison.More,
        [">="] = Comparison.AtLeast,
        ["in"] = Comparison.OneOf,
        ["known"] = Comparison.Known,
        ["unknown"] = Comparison.Unknown,
    };

    public bool IsOnce => Comparison == Comparison.AtLeast && Values is [{ Number: 1 }];

    public static string SymbolOf(Comparison comparison) => Symbols.First(s => s.Value == comparison).Key;

    /// <summary>Whether a value passes; null where it is not known or of another type.</summary>
    public bool? Of(Literal? observed)
    {
        if (Comparison == Comparison.Known)
            return observed is not null;
        if (Comparison == Comparison.Unknown)
            return observed is null;
        if (observed is not { } value || value.Type != Values[0].Type)
            return null;
        return Comparison switch
        {
            Comparison.Equal => value == folded[0],
            Comparison.NotEqual => value != folded[0],
            Comparison.OneOf => folded.Contains(value),
            Comparison.Less => value.Number < Values[0].Number,
            Comparison.AtMost => value.Number <= Values[0].Number,
            Comparison.More => value.Number > Values[0].Number,
            _ => value.Number >= Values[0].Number,
        };
    }
}

/// <summary>A rule that cannot be used, and where in it the trouble is.</summary>
/// <param name="At">"character 12" of a text, "$.all[1].op" of JSON.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
internal sealed record RuleError(string At, string Message);

internal sealed class RuleException(IReadOnlyList<RuleError> errors)
    : Exception(string.Join(" ", errors.Select(e => $"{e.At}: {e.Message}")))
{
    public RuleException(string at, string message)
        : this([new RuleError(at, message)]) { }

    public IReadOnlyList<RuleError> Errors { get; } = errors;
}
