using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Templates.Lint;
using MarketingPlatform.Email.Words;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Campaigns;

/// <summary>Looks at a campaign's whole audience and says what would happen to each; the pre-flight counts it, the launch does it.</summary>
internal sealed class CampaignPlanner(
    EmailDatabase db,
    CampaignAudienceReader audiences,
    MailTemplates templates,
    IOptions<EmailOptions> options,
    IOptions<Shop> shop
)
{
    private const int Examples = 5;

    public async Task<(IReadOnlyList<Planned>? Plan, MailHistory History, ProblemHttpResult? Problem)> PlanAsync(
        string name,
        Campaign campaign,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var history = await Baseline.ReadAsync(db, campaign.Within(), shop.Value.Currency, now, ct);
        var (candidates, problem) = await audiences.ReadAsync(name, campaign, now, ct);
        if (candidates is null)
            return (null, history, problem);
        var rules = options.Value.HoldOut;
        var plan = CampaignPlan.Decide(
            name,
            campaign,
            candidates,
            options.Value.Caps,
            rules.Programme,
            rules.Automations,
            rules.Seed,
            rules.After,
            list => campaign.Test?.TestShare ?? Baseline.TestShare(campaign.Metric(), history, list, campaign.Variants!.Count),
            now
        );
        return (plan, history, null);
    }

    public async Task<(Preflight? Preflight, ProblemHttpResult? Problem)> PreflightAsync(
        string name,
        int version,
        Campaign campaign,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var (plan, history, problem) = await PlanAsync(name, campaign, now, ct);
        if (plan is null)
            return (null, problem);
        var library = await WordsApi.LibraryAsync(db, ct);
        List<string> problems = [];
        List<string> warnings = [];
        var receives = plan.Where(one => one.Reason is null).ToArray();
        var inTest = receives.Count(one => one.InTest);
        var arms = campaign.Variants!.Count;
        var variants = campaign
            .Variants!.Select(variant => new PreflightVariant(
                variant.Key!,
                receives.Count(one => one.Arm == variant.Key),
                SubjectOf(variant, library, problems, warnings)
            ))
            .ToArray();
        if (CampaignStart.PastOf(campaign, now) is { } past)
            warnings.Add(past);
        if (receives.Length == 0)
            problems.Add("Nobody would get this: the table of reasons says why.");
        var perArm = inTest / arms;
        if (arms > 1 && perArm < 50)
            warnings.Add($"With {perArm} people a variant the test can hardly tell the variants apart.");
        var held = plan.Count(one => one.Reason == CampaignReasons.HeldOut);
        if (held == 0 && campaign.HoldOut != 0)
            warnings.Add(
                $"Nobody is held out of an audience of less than {options.Value.HoldOut.After}, so what the campaign brings cannot be told from what would have come anyway."
            );
        return (
            new(
                version,
                now,
                plan.Count,
                receives.Length,
                inTest,
                held,
                ReasonsOf(plan),
                variants,
                arms > 1 ? Baseline.Detectable(campaign.Metric(), history, perArm, arms) : null,
                CampaignStart.Of(campaign, now),
                campaign.Schedule?.PerMinute is { } perMinute ? Math.Ceiling(receives.Length / (double)perMinute) : null,
                problems,
                warnings
            ),
            null
        );
    }

    // What the variant gives to every mail is missing in none.
    private static TemplateContent Given(TemplateContent page, CampaignVariant variant)
    {
        var defaults = new Dictionary<string, string>(page.Defaults ?? new Dictionary<string, string>());
        if (variant.Data is { ValueKind: JsonValueKind.Object } data)
            foreach (var member in data.EnumerateObject())
                defaults["data." + member.Name] = "";
        return page with { Defaults = defaults };
    }

    private static PreflightReason[] ReasonsOf(IReadOnlyList<Planned> plan) =>
        [
            .. plan.Where(one => one.Reason is not null)
                .GroupBy(one => one.Reason!)
                .OrderByDescending(group => group.Count())
                .Select(group => new PreflightReason(
                    group.Key,
                    CampaignReasons.Words(group.Key),
                    group.Count(),
                    [.. group.Take(Examples).Select(one => one.Id)]
                )),
        ];

    private string? SubjectOf(CampaignVariant variant, IReadOnlyList<WordElement> library, List<string> problems, List<string> warnings)
    {
        var content = CampaignContent.Of(variant, library);
        var sample = SampleModel.For(shop.Value);
        if (variant.Data is { ValueKind: JsonValueKind.Object } data)
            sample = sample with { Data = data };
        try
        {
            if (content.Template is null)
                return new Sending.RawContent(content, isLiquid: true).Render(sample).Subject;
            var page = RewordedTemplate.With(templates.Library, content);
            var mail = templates.Library.Compile(content.Template, page, page.LocaleFor(sample.Language));
            var rendered = MailTemplates.Render(mail, sample);
            foreach (
                var finding in TemplateLint.Check(new LintInput(content.Template, Given(page, variant), mail, rendered, sample, shop.Value))
            )
                (finding.Severity == "error" ? problems : warnings).Add($"{variant.Key}: {finding.Message}");
            return rendered.Subject;
        }
        catch (TemplateException e)
        {
            problems.Add($"{variant.Key}: {e.Message}");
            return null;
        }
    }
}
