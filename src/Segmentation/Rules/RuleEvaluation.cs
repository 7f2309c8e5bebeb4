using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MarketingPlatform.Segmentation.Rules;

/// <param name="Is">True, false, or not known.</param>
/// <param name="Until">The answer holds before this instant if no new fact comes; null: for ever.</param>
internal readonly record struct Answer(bool? Is, DateTimeOffset? Until);

/// <summary>
/// Answers rules about one customer in memory, and says how long each answer holds. <see cref="RuleSql"/> answers the same about everybody
/// in the database; a property test holds the two together, time passing included.
/// </summary>
/// <param name="rules">Rules of the segments that rules may ask for, by key.</param>
internal sealed class RuleEvaluation(IReadOnlyDictionary<string, Rule> rules, string shopCurrency)
{
    /// <summary>So many future changes are looked at for one that turns the answer; then the next look is at the last of them.</summary>
    private const int Foresight = 32;

    private readonly Dictionary<string, Answer> answered = [];
    private (CustomerFacts? Customer, DateTimeOffset Now) about;

    /// <summary>The answer of a segment with a rule; worked out once for a customer and an instant, however many rules ask for it.</summary>
    public Answer OfSegment(string key, CustomerFacts customer, DateTimeOffset now)
    {
        if (!ReferenceEquals(about.Customer, customer) || about.Now != now)
        {
            answered.Clear();
            about = (customer, now);
        }
        if (!answered.TryGetValue(key, out var answer))
            answered[key] = answer = Of(rules[key], customer, now);
        return answer;
    }

    public Answer Of(Rule rule, CustomerFacts customer, DateTimeOffset now) =>
        rule switch
        {
            All all => Join(all.Rules, settled: false, customer, now),
            Any any => Join(any.Rules, settled: true, customer, now),
            Not not => Of(not.Inner, customer, now) is var inner ? new Answer(!inner.Is, inner.Until) : default,
            FieldIs field => new Answer(field.Test.Of(Field(field.Field, customer)), null),
            Within within => Window(within, customer, now),
            Consented consented => new Answer(customer.Consents.Contains(consented.Purpose), null),
            Belongs belongs => Member(belongs.Segment, customer, now),
            Measured measured => Measure(measured, customer, now),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule."),
        };

    /// <summary>What a condition saw, for explanations.</summary>
    public Literal? Seen(Rule condition, CustomerFacts customer, DateTimeOffset now) =>
        condition switch
        {
            FieldIs field => Field(field.Field, customer),
            Within within => customer.Instants.TryGetValue(within.Field, out var at) ? Literal.Of(at.ToString("O")) : null,
            Consented consented => Literal.Of(customer.Consents.Contains(consented.Purpose)),
            Belongs belongs => Literal.Of(Member(belongs.Segment, customer, now).Is == true),
            Measured measured => Entries.Of(measured, customer, shopCurrency).At(now, measured.Last).Seen(measured.Measure),
            _ => null,
        };

    /// <summary>
    /// One settled part settles the whole (false an <c>all</c>, true an <c>any</c>), for as long as the last such part stays so.
    /// </summary>
    private Answer Join(IReadOnlyList<Rule> parts, bool settled, CustomerFacts customer, DateTimeOffset now)
    {
        var (decided, known) = (false, true);
        DateTimeOffset? first = null;
        DateTimeOffset? last = DateTimeOffset.MinValue;
        foreach (var part in parts)
        {
            var answer = Of(part, customer, now);
            if (answer.Is == settled)
                (decided, last) = (true, answer.Until is null || last is null ? null : Later(last.Value, answer.Until.Value));
            known &= answer.Is is not null;
            if (answer.Until is { } until && (first is null || until < first))
                first = until;
        }
        return decided ? new Answer(settled, last) : new Answer(known ? !settled : null, first);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static Literal? Field(string field, CustomerFacts customer) =>
        field.StartsWith(Vocabulary.BucketPrefix, StringComparison.Ordinal)
            ? Literal.Of(Bucket(field[Vocabulary.BucketPrefix.Length..], customer.Id))
        : customer.Fields.TryGetValue(field, out var value) ? value
        : null;

    /// <summary>A number from 0 to 99.99, the same for ever for a name and a customer, and evenly spread.</summary>
    internal static decimal Bucket(string name, Guid customer)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), .. customer.ToByteArray(bigEndian: true)], hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) % 10_000 / 100m;
    }

    private static Answer Window(Within within, CustomerFacts customer, DateTimeOffset now)
    {
        if (!customer.Instants.TryGetValue(within.Field, out var at))
            return default;
        return at > now ? new Answer(false, at)
            : at > now - within.Last ? new Answer(true, at + within.Last)
            : new Answer(false, null);
    }

    private Answer Member(string segment, CustomerFacts customer, DateTimeOffset now)
    {
        if (!rules.ContainsKey(segment))
            return new Answer(customer.BuiltIn.Contains(segment), null);
        var answer = OfSegment(segment, customer, now);
        return answer with { Is = answer.Is ?? false };
    }

    private Answer Measure(Measured rule, CustomerFacts customer, DateTimeOffset now)
    {
        var entries = Entries.Of(rule, customer, shopCurrency);
        var answer = entries.At(now, rule.Last).Passes(rule);
        DateTimeOffset? next = now;
        for (var i = 0; i < Foresight; i++)
        {
            next = entries.NextChange(next.Value, rule.Last);
            if (next is null || entries.At(next.Value, rule.Last).Passes(rule) != answer)
                return new Answer(answer, next);
        }
        return new Answer(answer, next);
    }
}
