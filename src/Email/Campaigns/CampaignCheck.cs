using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Words;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;

namespace MarketingPlatform.Email.Campaigns;

/// <summary>What is wrong with a campaign, named field by field.</summary>
internal static partial class CampaignCheck
{
    private const int MaxVariants = 10;
    private const int MaxSegments = 50;
    private const int MaxPerMinute = 1_000_000;

    /// <summary>Paths beside the campaigns' own.</summary>
    private static readonly string[] Reserved = ["programme"];

    public static IEnumerable<FieldError> Of(string name, Campaign campaign, MailTemplates templates)
    {
        if (!Name().IsMatch(name) || Reserved.Contains(name))
            yield return new("name", "Give a name of small letters, digits and dashes (autumn-teas), at most 60, other than programme.");
        else if (ReadyMade.All.ContainsKey(name))
            yield return new("name", "An automation has this name: each gets its own mails counted, so choose another.");
        foreach (var error in MailFields.CheckLine("description", campaign.Description, 300))
            yield return error;
        if (campaign.HoldOut is { } share && share is not (>= 0 and <= 0.5))
            yield return new("holdOut", "Give a share from 0 to 0.5.");
        foreach (var error in Audience(campaign.Audience).Concat(Schedule(campaign.Schedule)).Concat(Test(campaign.Test)))
            yield return error;
        foreach (var error in Variants(campaign, templates))
            yield return error;
    }

    private static IEnumerable<FieldError> Audience(CampaignAudience? audience)
    {
        if (audience is null)
        {
            yield return new("audience", "Say who gets it: {\"segments\": [\"champions\"]}, or {} for everybody.");
            yield break;
        }
        foreach (var (field, list) in new[] { ("segments", audience.Segments), ("exclude", audience.Exclude) })
            if (list?.Count > MaxSegments || list?.Any(string.IsNullOrWhiteSpace) == true)
                yield return new($"audience.{field}", $"Give at most {MaxSegments} keys of segments; GET {Routes.Segments} lists them.");
        if (audience is { BestChannelOnly: true, Segments: null or { Count: 0 } })
            yield return new("audience.bestChannelOnly", "The best channel is measured by segment: name segments.");
    }

    private static IEnumerable<FieldError> Schedule(CampaignSchedule? schedule)
    {
        if (schedule is null)
            yield break;
        var when = schedule.When ?? CampaignWords.Now;
        if (!CampaignWords.Whens.Contains(when))
            yield return new("schedule.when", $"Give one of {string.Join(", ", CampaignWords.Whens)}.");
        else if (when is CampaignWords.At or CampaignWords.Best && schedule.At is not null && CampaignTimes.Instant(schedule.At) is null)
            yield return new("schedule.at", "Give an instant with its offset: 2026-12-01T09:00:00Z.");
        else if (when == CampaignWords.Local && CampaignTimes.LocalTime(schedule.At) is null)
            yield return new("schedule.at", "Give a time without an offset, which each recipient's clock shows: 2026-12-01T09:00.");
        else if (when == CampaignWords.At && schedule.At is null)
            yield return new("schedule.at", "Say when: 2026-12-01T09:00:00Z.");
        if (schedule.PerMinute is < 1 or > MaxPerMinute)
            yield return new("schedule.perMinute", $"Give a number from 1 to {MaxPerMinute}.");
    }

    private static IEnumerable<FieldError> Test(CampaignTest? test)
    {
        if (test is null)
            yield break;
        if (test.Method is { } method && !CampaignWords.Methods.Contains(method))
            yield return new("test.method", $"Give one of {string.Join(", ", CampaignWords.Methods)}.");
        if (test.Metric is { } metric && !CampaignWords.Metrics.Contains(metric))
            yield return new("test.metric", $"Give one of {string.Join(", ", CampaignWords.Metrics)}.");
        if (test.RollOut is { } rollOut && !CampaignWords.RollOuts.Contains(rollOut))
            yield return new("test.rollOut", $"Give one of {string.Join(", ", CampaignWords.RollOuts)}.");
        if (test.TestShare is { } share && share is not (> 0 and <= 1))
            yield return new("test.testShare", "Give a share above 0, at most 1.");
        if (test.DecideAfterHours is { } hours && hours is not (>= 0 and <= 720))
            yield return new("test.decideAfterHours", "Give hours from 0 to 720.");
        if (test.Batches is { } batches && batches is not (>= 2 and <= 50))
            yield return new("test.batches", "Give a number from 2 to 50.");
        if (test.EveryHours is { } every && every is not (>= 0 and <= 720))
            yield return new("test.everyHours", "Give hours from 0 to 720.");
        if (test.WithinDays is { } days && days is not (> 0 and <= 90))
            yield return new("test.withinDays", "Give days above 0, at most 90.");
        if (test.Segments?.Count > MaxSegments || test.Segments?.Any(string.IsNullOrWhiteSpace) == true)
            yield return new("test.segments", $"Give at most {MaxSegments} keys of segments.");
    }

    private static IEnumerable<FieldError> Variants(Campaign campaign, MailTemplates templates)
    {
        if (campaign.Variants is not { Count: > 0 and <= MaxVariants } variants)
        {
            yield return new("variants", $"Give 1 to {MaxVariants} variants: [{{\"key\": \"a\", \"template\": \"newsletter\"}}].");
            yield break;
        }
        // Readers of JSON let null through as an entry of a list.
        if (variants.Any(variant => variant is null))
        {
            yield return new("variants", "A variant is an object: {\"key\": \"a\", \"template\": \"newsletter\"}.");
            yield break;
        }
        if (variants.Select(variant => variant.Key).Distinct().Count() < variants.Count)
            yield return new("variants", "Each variant needs a key of its own.");
        for (var i = 0; i < variants.Count; i++)
        {
            var field = $"variants[{i}]";
            var variant = variants[i];
            if (variant.Key is null || !Name().IsMatch(variant.Key))
                yield return new($"{field}.key", "Give a short name of small letters, digits and dashes.");
            if (variant.Weight is { } weight && weight is not (> 0 and <= 1_000))
                yield return new($"{field}.weight", "Give a weight above 0.");
            if (variant.SendTime is not null && CampaignTimes.Hour(variant.SendTime) is null)
                yield return new($"{field}.sendTime", "Give a time of day by the recipient's clock: 09:30.");
            if (variant.Angle is not null && !Enum.TryParse<WordAngle>(variant.Angle, ignoreCase: true, out _))
                yield return new($"{field}.angle", "Give one of price, novelty, reassurance, occasion.");
            if (variant.Data is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
                yield return new($"{field}.data", "Give an object: its members are data.… in the template.");
            else if (variant.Data?.GetRawText().Length > MailFields.MaxBody)
                yield return new($"{field}.data", $"Give at most {MailFields.MaxBody / 1024} KB.");
            if (variant.Template is null && (variant.Preheader ?? variant.Angle) is not null)
                yield return new($"{field}.template", "A preheader or an angle needs a template.");
            else
                foreach (var error in MailFields.CheckContent(CampaignContent.Of(variant, []), templates, isLiquid: true))
                    yield return new($"{field}.{error.Field.Replace("content.", "", StringComparison.Ordinal)}", error.Message);
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,59}$")]
    private static partial Regex Name();
}

/// <summary>A variant as the sender takes it.</summary>
internal static class CampaignContent
{
    /// <param name="library">Words of the brand, for an angle: in every language that has them.</param>
    public static SendContent Of(CampaignVariant variant, IReadOnlyList<WordElement> library)
    {
        if (variant.Template is null)
            return new(null, variant.Subject, variant.Html, variant.Text)
            {
                SenderName = variant.SenderName,
                CouponPool = variant.CouponPool,
            };
        var words = new Dictionary<string, string>();
        foreach (var (name, text) in variant.Words ?? new Dictionary<string, string>())
            words[name] = text;
        if (variant.Subject is not null)
            words["subject"] = variant.Subject;
        if (variant.Preheader is not null)
            words["preheader"] = variant.Preheader;
        return new(variant.Template, null, variant.Html, variant.Text)
        {
            Words = words.Count > 0 ? words : null,
            LocaleWords = AngleOf(variant, library),
            SenderName = variant.SenderName,
            CouponPool = variant.CouponPool,
        };
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>>? AngleOf(
        CampaignVariant variant,
        IReadOnlyList<WordElement> library
    )
    {
        if (!Enum.TryParse<WordAngle>(variant.Angle, ignoreCase: true, out var angle))
            return null;
        var byLocale = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (var locale in library.Select(element => element.Locale).Distinct())
            if (WordAssembly.Assemble(library, angle, locale, 1) is [var found] && found.Locale == locale)
                byLocale[locale] = found.Words;
        return byLocale;
    }

    /// <summary>What each mail of the variant sees as <c>data</c>; null where there is nothing.</summary>
    public static string? DataOf(CampaignVariant variant) =>
        variant.Data is { ValueKind: JsonValueKind.Object } data && data.EnumerateObject().MoveNext()
            ? JsonSerializer.Serialize(data, Json.Options)
            : null;
}

/// <summary>Times as a campaign's author writes them.</summary>
internal static class CampaignTimes
{
    public static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUniversalTime()
            : null;

    /// <returns>Null where it is no time, or has an offset.</returns>
    public static DateTime? LocalTime(string? text) =>
        DateTime.TryParseExact(
            text,
            ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var local
        )
            ? local
            : null;

    public static TimeOnly? Hour(string? text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var hour) ? hour : null;
}
