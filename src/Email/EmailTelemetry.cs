using System.Diagnostics;
using System.Diagnostics.Metrics;
using MarketingPlatform.Platform.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace MarketingPlatform.Email;

/// <summary>What is measured of mails, and the spans of a send.</summary>
internal sealed class EmailTelemetry
{
    private readonly ActivitySource activities;
    private readonly Counter<long> sent;
    private readonly Counter<long> suppressed;
    private readonly Counter<long> failed;
    private readonly Counter<long> ambiguous;
    private readonly Counter<long> withoutRecommendations;
    private readonly Counter<long> withoutCoupon;
    private readonly Counter<long> smtpRetries;
    private readonly Counter<long> smtpRouteOpened;
    private readonly Counter<long> unknownTimeZones;

    public EmailTelemetry([FromKeyedServices("email")] ServiceTelemetry telemetry)
    {
        activities = telemetry.Activities;
        var meter = telemetry.Meter;
        sent = meter.CreateCounter<long>("marketing.mails.sent", description: "Mails taken by the next mail server or written as files");
        suppressed = meter.CreateCounter<long>("marketing.mails.suppressed", description: "Mails that were decided and may not be sent");
        failed = meter.CreateCounter<long>("marketing.mails.failed", description: "Mails refused for good");
        ambiguous = meter.CreateCounter<long>("marketing.mails.ambiguous", description: "Mails that may or may not have left");
        withoutRecommendations = meter.CreateCounter<long>(
            "marketing.mails.without_recommendations",
            description: "Mails that left with the fall-back because recommendations did not come in time"
        );
        withoutCoupon = meter.CreateCounter<long>(
            "marketing.mails.without_coupon",
            description: "Mails that left with the fall-back because their coupon pool had no code left"
        );
        smtpRetries = meter.CreateCounter<long>("marketing.smtp.retries", description: "Deliveries tried again after a passing failure");
        smtpRouteOpened = meter.CreateCounter<long>(
            "marketing.smtp.route_opened",
            description: "Times the route to the mail server was given a rest"
        );
        unknownTimeZones = meter.CreateCounter<long>(
            "marketing.mails.unknown_time_zones",
            description: "Mails whose recipient's time zone nobody knows: the shop's counts instead"
        );
    }

    public Activity? StartSend(string? traceParent, string automation)
    {
        var parent = ActivityContext.TryParse(traceParent, null, isRemote: true, out var cause) ? cause : default;
        return activities.StartActivity("email.send_mail", ActivityKind.Internal, parent)?.SetTag("mail.automation", automation);
    }

    public Activity? StartSmtp() => activities.StartActivity("email.smtp_data", ActivityKind.Client);

    public void Sent(string automation) => sent.Add(1, Automation(automation));

    public void Suppressed(string automation, string reason) => suppressed.Add(1, Automation(automation), new("reason", reason));

    public void Failed(string automation) => failed.Add(1, Automation(automation));

    public void Ambiguous(int mails) => ambiguous.Add(mails);

    public void WithoutRecommendations(int mails) => withoutRecommendations.Add(mails);

    public void WithoutCoupon(string pool) => withoutCoupon.Add(1, new KeyValuePair<string, object?>("pool", pool));

    public void SmtpRetried() => smtpRetries.Add(1);

    public void SmtpRouteOpened() => smtpRouteOpened.Add(1);

    public void UnknownTimeZone() => unknownTimeZones.Add(1);

    private static KeyValuePair<string, object?> Automation(string name) => new("automation", name);
}
