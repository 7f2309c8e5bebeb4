using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Campaigns.Results;
using MarketingPlatform.Email.HoldOuts;
using MarketingPlatform.Platform.Security;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Campaigns.Api;

/// <summary>What a campaign did.</summary>
/// <param name="Sentence">The answer of its test.</param>
/// <param name="EffectSentence">What it brought that would not have come anyway.</param>
/// <param name="Attributed">Orders whose last click was on one of its mails.</param>
/// <param name="Without">Who did not get it, by reason.</param>
internal sealed record CampaignResults(
    string Name,
    string Status,
    string? Stage,
    string? Winner,
    string Sentence,
    string EffectSentence,
    ExperimentReport Experiment,
    HoldOutEffect Effect,
    Attributed Attributed,
    IReadOnlyList<PreflightReason> Without,
    string Currency
);

/// <summary><c>GET /api/v1/campaigns/{name}/results</c>.</summary>
internal static class ReportCampaign
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Routes.Campaigns + "/{name}/results", HandleAsync)
            .RequireScope(Scope.Read)
            .WithName("reportCampaign")
            .WithSummary("The answer of its test, what it brought beside those held out, and what is attributed to it.");

    internal static async Task<IResult> HandleAsync(
        string name,
        EmailDatabase db,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        await CampaignTable.FindAsync(db, name, ct) is { } row
            ? TypedResults.Ok(await OfAsync(db, row, shop.Value.Currency, clock.GetUtcNow(), ct))
            : CampaignTable.NotThere();

    internal static async Task<CampaignResults> OfAsync(
        EmailDatabase db,
        CampaignRow row,
        string currency,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var campaign = row.Read();
        var units = await CampaignUnits.ReadAsync(db, row.Id, campaign.Within(), currency, now, ct);
        var attributed = await CampaignUnits.AttributedAsync(db, row.Id, campaign.Within(), currency, ct);
        var experiment =
            campaign.Method() == CampaignWords.Thompson
                ? ThompsonAnalysis.Of(campaign.Metric(), campaign.Keys(), row.Planned, units)
                : CampaignAnalysis.Of(campaign.Metric(), campaign.Keys(), campaign.Weights(), row.Planned, units);
        var effect = HoldOutEffect.Of(
            row.Name,
            [ArmOf(false, units, row.LaunchedAt), ArmOf(true, units, row.LaunchedAt)],
            attributed.Revenue,
            currency
        );
        return new(
            row.Name,
            row.Status,
            row.Stage,
            row.Winner,
            experiment.Sentence,
            effect.Sentence,
            experiment,
            effect,
            attributed,
            await WithoutAsync(db, row.Id, ct),
            currency
        );
    }

    private static HoldOutArm ArmOf(bool heldOut, IReadOnlyList<UnitRow> units, DateTimeOffset? since)
    {
        var rows = units.Where(unit => unit.Arm is null == heldOut).ToArray();
        var people = rows.Sum(unit => unit.People);
        var revenue = rows.Sum(unit => unit.Revenue * unit.People);
        var mean = people == 0 ? 0 : revenue / people;
        var squares = rows.Sum(unit => (unit.Revenue - mean) * (unit.Revenue - mean) * unit.People);
        return new(
            heldOut,
            people,
            rows.Where(unit => unit.Converted).Sum(unit => unit.People),
            (decimal)revenue,
            people > 1 ? squares / (people - 1) : 0,
            since
        );
    }

    private static async Task<IReadOnlyList<PreflightReason>> WithoutAsync(EmailDatabase db, Guid id, CancellationToken ct) =>
        [
            .. (
                await db.QueryAsync<(string Reason, int People, Guid[] Examples)>(
                    """
                    select reason, count(*)::int as people, (array_agg(customer_id order by customer_id))[1:5] as examples
                    from campaign_members where campaign_id = @Id and reason is not null group by 1 order by 2 desc
                    """,
                    new { Id = id },
                    ct
                )
            ).Select(row => new PreflightReason(row.Reason, CampaignReasons.Words(row.Reason), row.People, row.Examples)),
        ];
}
