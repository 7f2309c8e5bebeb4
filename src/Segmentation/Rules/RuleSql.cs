using Dapper;

namespace MarketingPlatform.Segmentation.Rules;

/// <summary>A rule as SQL over everybody.</summary>
/// <param name="With">Common table expressions without the word <c>with</c>; the last is <c>answers (customer_id, is_member, until)</c>.</param>
internal sealed record RuleQuery(string With, DynamicParameters Parameters);

/// <summary>
/// Translates a rule: each condition becomes an aggregate by customer, joined once to everybody, so that the work grows with the number of
/// rows and not with the shape of the rule. <c>until</c> is a bound: the first instant at which any condition may change by time alone.
/// </summary>
internal sealed class RuleSql
{
    private readonly IReadOnlyDictionary<string, Rule> rules;
    private readonly string shopCurrency;
    private readonly DateTimeOffset now;
    private readonly Dictionary<string, string> tables = [];
    private readonly List<string> expressions = [];
    private readonly SqlTests tests = new();
    private Answering answering = new();

    /// <summary>What one list of answers joins, and the instants that bound it.</summary>
    private sealed class Answering
    {
        public SortedSet<string> Joined { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> Untils { get; } = new(StringComparer.Ordinal);
    }

    private RuleSql(IReadOnlyDictionary<string, Rule> rules, string shopCurrency, DateTimeOffset now) =>
        (this.rules, this.shopCurrency, this.now) = (rules, shopCurrency, now);

    /// <param name="rules">Rules of the segments that may be asked for, by key; other keys are built-in segments.</param>
    public static RuleQuery Compile(Rule rule, IReadOnlyDictionary<string, Rule> rules, string shopCurrency, DateTimeOffset now)
    {
        var sql = new RuleSql(rules, shopCurrency, now);
        sql.expressions.Add(PeopleSql);
        sql.expressions.Add(sql.Answers("answers as", rule));
        sql.tests.Parameters.Add("now", now);
        return new RuleQuery(string.Join(",\n", sql.expressions), sql.tests.Parameters);
    }

    private string Answers(string name, Rule rule)
    {
        var outer = answering;
        answering = new Answering();
        var condition = Condition(rule);
        var until = answering.Untils.Count == 0 ? "null::timestamptz" : $"least({string.Join(", ", answering.Untils)})";
        var joins = answering.Joined.Select(alias => $"left join {alias} on {alias}.customer_id = p.customer_id");
        answering = outer;
        return $"""
            {name} (
                select p.customer_id, coalesce({condition}, false) as is_member, {until} as until
                from people p {string.Join("\n", joins)}
            )
            """;
    }

    private string Condition(Rule rule) =>
        rule switch
        {
            All all => $"({string.Join(" and ", all.Rules.Select(Condition))})",
            Any any => $"({string.Join(" or ", any.Rules.Select(Condition))})",
            Not not => $"(not {Condition(not.Inner)})",
            FieldIs field => Field(field),
            Within within => Window(within),
            Consented consented => Consents(consented),
            Belongs belongs => rules.TryGetValue(belongs.Segment, out var asked)
                ? Member(belongs.Segment, asked)
                : $"({Table("b", belongs.Segment, BuiltIn(belongs.Segment))}.customer_id is not null)",
            Measured measured => Measure(measured),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule."),
        };

    private string Field(FieldIs rule)
    {
        if (Vocabulary.Traits.ContainsKey(rule.Field))
            return tests.Of(
                rule.Test,
                $"({Table("t", "", "select origin_id as customer_id, traits from customers")}.traits -> '{rule.Field}')"
            );
        if (rule.Field.StartsWith(Vocabulary.RfmPrefix, StringComparison.Ordinal))
            return tests.Number(
                rule.Test,
                Table("rfm", "", "select customer_id, r, f, m from rfm_scores") + "." + rule.Field[Vocabulary.RfmPrefix.Length..]
            );
        if (rule.Field.StartsWith(Vocabulary.BucketPrefix, StringComparison.Ordinal))
        {
            var hash = $"sha256(convert_to({tests.Add(rule.Field[Vocabulary.BucketPrefix.Length..])}, 'UTF8') || uuid_send(p.customer_id))";
            return tests.Number(rule.Test, $"(('x' || encode(substring({hash} for 4), 'hex'))::bit(32)::bigint % 10000 / 100.0)");
        }
        var score = tests.Add(rule.Field[Vocabulary.ScorePrefix.Length..]);
        return tests.Number(rule.Test, Table("s", rule.Field, $"select customer_id, value from scores where name = {score}") + ".value");
    }

    private string Window(Within rule)
    {
        var instant = Table("times", "", TimesSql) + "." + Vocabulary.Instants[rule.Field];
        var since = tests.Add(now - rule.Last);
        answering.Untils.Add(
            $"case when {instant} > @now then {instant} when {instant} > {since} then {instant} + {Seconds(rule.Last)} end"
        );
        return $"({instant} > {since} and {instant} <= @now)";
    }

    private string Consents(Consented rule)
    {
        var table = Table(
            "k",
            rule.Purpose,
            $"""
            select distinct on (1) coalesce(g.root_id, c.origin_id) as customer_id, c.granted
            from consents c left join merges g on g.from_id = c.origin_id
            where c.purpose = {tests.Add(rule.Purpose)} order by 1, c.at desc, c.granted
            """
        );
        return $"coalesce({table}.granted, false)";
    }

    /// <summary>A segment is answered once, however often it is asked for and by however many of the segments that the rule leads to.</summary>
    private string Member(string segment, Rule rule)
    {
        var question = "m/" + segment;
        if (!tables.TryGetValue(question, out var alias))
        {
            tables[question] = alias = $"m{tables.Count}";
            // Materialized, for the planner would write the whole condition out wherever the answer is asked for.
            expressions.Add(Answers(alias + " as materialized", rule));
        }
        answering.Joined.Add(alias);
        answering.Untils.Add(alias + ".until");
        return alias + ".is_member";
    }

    private string BuiltIn(string key) =>
        $"select m.customer_id from memberships m join segments s on s.id = m.segment_id where s.key = {tests.Add(key)} and s.rule is null";

    private string Measure(Measured rule)
    {
        var table = rule.Source is EventSource events ? Events(rule, events) : Orders(rule, (OrderSource)rule.Source);
        answering.Untils.Add(table + ".until");
        return rule.Measure switch
        {
            Rules.Measure.Count => tests.Number(rule.Test, $"coalesce({table}.n, 0)"),
            Rules.Measure.Sum => tests.Number(rule.Test, $"coalesce({table}.v, 0)"),
            Rules.Measure.Avg => tests.Number(rule.Test, table + ".v", $" * {table}.n"),
            Rules.Measure.Min or Rules.Measure.Max => tests.Number(rule.Test, table + ".v"),
            _ => tests.Of(rule.Test, table + ".v"),
        };
    }

    private string Events(Measured rule, EventSource source)
    {
        var property = rule.Of is null ? null : tests.Add(Literal.Fold(rule.Of));
        var json = $"(e.properties -> {property})";
        var (value, order) = rule.Measure is Rules.Measure.First or Rules.Measure.Last
            ? (json, "e.at, e.event_id")
            : (property is null ? "null::numeric" : SqlTests.NumberOf(json), "");
        var where = "";
        where += source.Name is null
            ? $" and e.name <> all ({tests.Add(Vocabulary.Passive.ToArray())})"
            : $" and e.name = {tests.Add(Literal.Fold(source.Name))}";
        if (source.Channel is not null)
            where += $" and e.channel = {tests.Add(Literal.Fold(source.Channel))}";
        foreach (var filter in source.Where)
            where += $" and {tests.Of(filter.Test, $"(e.properties -> {tests.Add(Literal.Fold(filter.Property))})")}";
        return Aggregate(rule, "events e", value, order, where);
    }

    private string Orders(Measured rule, OrderSource source)
    {
        var currency = rule.Measure == Rules.Measure.Count ? null : tests.Add(source.Currency ?? shopCurrency);
        string from;
        if (source.Whole)
        {
            from = "select origin_id, order_id as id, at, total as x, currency from orders";
            if (rule.Measure == Rules.Measure.Sum)
                from += " union all select origin_id, refund_id, at, -amount, currency from refunds";
        }
        else
        {
            var which = source.Product is { } product
                ? $"l.product_id = {tests.Add(product)}"
                : $"l.product_id in (select product_id from products where category = {tests.Add(Literal.Fold(source.Category!))})";
            from = $"""
                select o.origin_id, o.order_id as id, o.at, sum(l.quantity * l.unit_price) as x, o.currency
                from order_lines l join orders o using (order_id) where l.quantity > 0 and {which} group by o.order_id
                """;
        }
        var first = rule.Measure is Rules.Measure.First or Rules.Measure.Last;
        return Aggregate(
            rule,
            $"({from}) e",
            first ? "to_jsonb(e.x)" : "e.x",
            first ? "e.at, e.id collate \"C\"" : "",
            currency is null ? "" : $" and e.currency = {currency}"
        );
    }

    private string Aggregate(Measured rule, string from, string value, string order, string where)
    {
        const string due = "filter (where e.at <= @now)";
        var measured = rule.Measure switch
        {
            Rules.Measure.Count => "null::numeric",
            Rules.Measure.Sum or Rules.Measure.Avg => $"sum({value}) {due}",
            Rules.Measure.Min => $"min({value}) {due}",
            Rules.Measure.Max => $"max({value}) {due}",
            _ => $"(array_agg({value} order by {(rule.Measure == Rules.Measure.First ? order : Backwards(order))}) "
                + $"filter (where e.at <= @now and {value} is not null))[1]",
        };
        var counted = rule.Measure == Rules.Measure.Avg ? $"count({value}) {due}" : $"count(*) {due}";
        var future = "min(e.at) filter (where e.at > @now)";
        var until = rule.Last is { } last ? $"least(min(e.at) {due} + {Seconds(last)}, {future})" : future;
        var since = rule.Last is { } window ? $"e.at > {tests.Add(now - window)}" : "true";
        return Table(
            "c",
            RulePrinter.Print(rule),
            $"""
            select coalesce(g.root_id, e.origin_id) as customer_id, {counted} as n, {measured} as v, {until} as until
            from {from} left join merges g on g.from_id = e.origin_id
            where {since}{where}
            group by 1
            """
        );
    }

    private static string Backwards(string order) => string.Join(", ", order.Split(", ").Select(o => o + " desc"));

    // Seconds, not days: a day of an interval would be as long as the session's time zone says.
    private static string Seconds(TimeSpan span) => FormattableString.Invariant($"{(long)span.TotalSeconds} * interval '1 second'");

    /// <summary>The alias of a table expression that is joined by customer; the same for the same question.</summary>
    private string Table(string prefix, string question, string sql)
    {
        var key = prefix + "/" + question;
        if (!tables.TryGetValue(key, out var alias))
        {
            tables[key] = alias = $"{prefix}{tables.Count}";
            expressions.Add($"{alias} as ({sql})");
        }
        answering.Joined.Add(alias);
        return alias;
    }

    private const string PeopleSql = """
        people as (
            select c.origin_id as customer_id from customers c
            where not exists (select from merges g where g.from_id = c.origin_id and g.root_id <> c.origin_id)
            union all
            select distinct g.root_id from merges g join customers c on c.origin_id = g.from_id
            where g.root_id <> g.from_id and not exists (select from customers own where own.origin_id = g.root_id)
        )
        """;

    private const string TimesSql = """
        select coalesce(g.root_id, c.origin_id) as customer_id, min(c.first_seen_at) as first_seen_at,
               max(c.last_seen_at) as last_seen_at, max(c.last_order_at) as last_order_at
        from customers c left join merges g on g.from_id = c.origin_id group by 1
        """;
}
