using MarketingPlatform.Email.Sends;

namespace MarketingPlatform.Email.Campaigns.Api;

/// <param name="Arm">The variant.</param>
/// <param name="Stage">test or roll.</param>
internal sealed record CampaignSendView(string Arm, string Stage, SendView Send);

/// <summary>A campaign as the API shows it.</summary>
/// <param name="Status">draft, approved, scheduled, sending, paused, cancelled or done.</param>
/// <param name="Stage">test while only some have it; rolled: everybody who gets it.</param>
/// <param name="Reason">What it waits for.</param>
/// <param name="Winner">The variant that the others got, where the test decided it.</param>
/// <param name="Preflight">Who would get it; null: not counted since the last change.</param>
internal sealed record CampaignView(
    string Name,
    int Version,
    string Status,
    string? Stage,
    string? Reason,
    string? Winner,
    Campaign Definition,
    Preflight? Preflight,
    string? ApprovedBy,
    DateTimeOffset? ApprovedAt,
    DateTimeOffset? NextAt,
    DateTimeOffset? LaunchedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<CampaignSendView>? Sends
);

/// <summary>Reads campaigns with their sends.</summary>
internal sealed class CampaignViews(EmailDatabase db, SendViews sends)
{
    public async Task<CampaignView?> FindAsync(string name, CancellationToken ct)
    {
        if (await CampaignTable.FindAsync(db, name, ct) is not { } row)
            return null;
        List<CampaignSendView> views = [];
        foreach (
            var (id, arm, stage) in await db.QueryAsync<(Guid Id, string Arm, string Stage)>(
                "select send_id as id, arm, stage from campaign_sends where campaign_id = @Id order by send_id, arm",
                new { row.Id },
                ct
            )
        )
            if (await sends.FindAsync(id, ct) is { } send)
                views.Add(new(arm, stage, send));
        return Of(row, views);
    }

    public static CampaignView Of(CampaignRow row, IReadOnlyList<CampaignSendView>? views) =>
        new(
            row.Name,
            row.Version,
            row.Status,
            row.Stage,
            row.Reason,
            row.Winner,
            row.Read(),
            row.ReadPreflight(),
            row.ApprovedBy,
            row.ApprovedAt,
            row.NextAt,
            row.LaunchedAt,
            row.EndedAt,
            row.UpdatedAt,
            views
        );
}
