using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Campaigns.Results;
using MarketingPlatform.Experimentation.Analysis;
using MarketingPlatform.Experimentation.Assignment;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.HoldOuts;

/// <summary>
/// <c>GET /api/v1/campaigns/programme/effect?from=&amp;to=</c>: what all marketing mail together brought, beside the share of people who get none of it
/// (<c>Email:HoldOut:Programme</c>). Counted are all who agreed to mail when the time began, also those who said no since: mail itself drives some
/// away, and leaving them out would make it look better.
/// </summary>
internal static class MeasureProgramme
{
    public const string Name = "all mail";
    private static readonly TimeSpan Click = TimeSpan.FromDays(7);

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Campaigns + "/programme/effect", HandleAsync)
            .RequireScope(Scope.Read)
            .WithName("measureProgramme")
            .WithSummary("What all marketing mail together brought, beside those who get none.");

    internal static async Task<IResult> HandleAsync(
        DateTimeOffset? from,
        DateTimeOffset? to,
        EmailDatabase db,
        IOptions<EmailOptions> options,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var until = to?.ToUniversalTime() ?? clock.GetUtcNow();
        var since = from?.ToUniversalTime() ?? until.AddDays(-90);
        if (since >= until)
            return Problem.Invalid(new FieldError("from", "Give a from before to."));
        return TypedResults.Ok(await OfAsync(db, options.Value, shop.Value.Currency, since, until, ct));
    }

    internal static async Task<HoldOutEffect> OfAsync(
        EmailDatabase db,
        EmailOptions options,
        string currency,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    )
    {
        var values = new
        {
            From = from,
            To = to,
            Currency = currency,
            Click = Click.TotalSeconds,
        };
        var rules = options.HoldOut;
        var left = new HoldOut($"programme/{rules.Seed}", rules.Programme);
        var (treated, held) = (new UnitMoments(), new UnitMoments());
        foreach (var unit in await db.QueryAsync<Unit>(UnitsSql, values, ct))
            (left.Holds(unit.Person.ToString("D")) ? held : treated).Add(unit.Revenue);
        var attributed = await db.QuerySingleAsync<decimal>(AttributedSql, values, ct);
        var effect = HoldOutEffect.Of(Name, [ArmOf(false, treated, from), ArmOf(true, held, from)], attributed, currency);
        return rules.Programme > 0
            ? effect
            : effect with
            {
                Sentence =
                    "What all mail together brings cannot be said: nobody is held out of it. Set Email:HoldOut:Programme (0.02, say) to learn it.",
            };
    }

    private static HoldOutArm ArmOf(bool heldOut, UnitMoments moments, DateTimeOffset since)
    {
        var estimate = moments.Units > 1 ? Estimate.Of(moments) : default;
        return new(
            heldOut,
            moments.Units,
            moments.Active,
            (decimal)(moments.Mean * moments.Units),
            moments.Units > 1 ? estimate.Variance : 0,
            since
        );
    }

    private sealed record Unit(Guid Person, double Revenue);

    private const string UnitsSql = $"""
        with people as (
            select distinct r.canonical_id as person
            from consents c join recipients r using (customer_id)
            where c.purpose = '{ConsentPurposes.EmailMarketing}' and ((c.granted and c.at <= @From) or (not c.granted and c.at > @From))
        )
        select p.person, coalesce(sum(o.total), 0)::double precision as revenue
        from people p
        left join recipients same on same.canonical_id = p.person
        left join order_revenue o on o.customer_id = same.customer_id and o.currency = @Currency and o.at > @From and o.at <= @To
        group by 1
        """;

    // Orders before which a person followed a link of a mail, a week before at most: all mail's share by last touch.
    private const string AttributedSql = """
        select coalesce(sum(o.total), 0)
        from order_revenue o
        where o.currency = @Currency and o.at > @From and o.at <= @To and exists (
            select from recipients me join recipients same on same.canonical_id = me.canonical_id
            join mail_events e on e.customer_id = same.customer_id
            join mails m on m.id = e.mail_id and m.purpose = 'marketing'
            where me.customer_id = o.customer_id and e.kind = 'click' and e.label = 'human' and e.at <= o.at and e.at > o.at - make_interval(secs => @Click))
        """;
}
