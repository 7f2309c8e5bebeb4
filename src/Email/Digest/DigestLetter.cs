using System.Globalization;
using System.Net;
using System.Text;

namespace MarketingPlatform.Email.Digest;

/// <summary>The letter: what happened, what to do next, what threatens delivery. No I/O.</summary>
internal static class DigestLetter
{
    /// <summary>Of fewer mails a rate says nothing.</summary>
    private const long FewestMails = 50;

    /// <summary>Where providers begin to think ill of a sender: Google and Yahoo ask for complaints below 0.3 %, better 0.1 %.</summary>
    private const double MostBounced = 0.02;
    private const double MostComplained = 0.001;
    private const double MostFailed = 0.05;

    public static (string Subject, string Html, string Text) Of(DigestFacts facts)
    {
        var lines = Lines(facts).ToArray();
        var html = new StringBuilder("<!doctype html><html lang=\"en\"><body style=\"font-family:sans-serif;max-width:36rem\">");
        var text = new StringBuilder();
        foreach (var (title, sentence) in lines)
        {
            html.Append("<p><strong>")
                .Append(WebUtility.HtmlEncode(title))
                .Append("</strong><br>")
                .Append(WebUtility.HtmlEncode(sentence))
                .Append("</p>");
            text.Append(title).Append(": ").Append(sentence).Append("\n\n");
        }
        html.Append("</body></html>");
        return (
            string.Create(CultureInfo.InvariantCulture, $"{facts.Shop}: your mail in the week of {facts.Week:yyyy-MM-dd}"),
            html.ToString(),
            text.ToString()
        );
    }

    private static IEnumerable<(string Title, string Sentence)> Lines(DigestFacts facts)
    {
        yield return ("Subscribers", Say($"{facts.Subscribers:N0}; {facts.Gained:N0} came and {facts.Lost:N0} left."));
        yield return (
            "Revenue attributed",
            Say($"{facts.Attributed:N2} {facts.Currency} were ordered within a week of following a link of a mail.")
        );
        yield return (
            "Revenue that would not have come otherwise",
            facts.Incremental is { } brought
                ? Say(
                    $"{brought.Estimate:N2} {facts.Currency} ({brought.Lower:N2} to {brought.Upper:N2}) over four weeks, by those held out of {Count(facts.Measured, "automation or campaign", "automations and campaigns")}."
                )
                : "It cannot be said yet: nobody was held out."
        );
        var rated = facts.Mails.Where(mail => mail.Sent >= FewestMails).OrderByDescending(mail => mail.ClickRate).ToArray();
        if (rated.Length > 0)
            yield return ("Best mail", Rated(rated[0]));
        if (rated.Length > 1)
            yield return ("Worst mail", Rated(rated[^1]));
        yield return ("One suggestion", Suggest(facts));
        var warnings = Warnings(facts).ToArray();
        yield return ("Delivery", warnings.Length == 0 ? "Nothing to worry about." : string.Join(' ', warnings));
    }

    public static IEnumerable<string> Warnings(DigestFacts facts)
    {
        var sent = facts.Mails.Sum(mail => mail.Sent);
        if (sent >= FewestMails)
        {
            if (Share(facts.Mails.Sum(mail => mail.Bounced), sent) is var bounced and > MostBounced)
                yield return Say(
                    $"{bounced:P1} of the mails went to addresses that do not exist: clean the list before providers block it."
                );
            if (Share(facts.Mails.Sum(mail => mail.Complained), sent) is var complained and > MostComplained)
                yield return Say($"{complained:P2} of the readers complained: mail less, or mail those who still click.");
            if (Share(facts.Mails.Sum(mail => mail.Failed), sent) is var failed and > MostFailed)
                yield return Say($"{failed:P1} of the mails were not taken by servers: see the route's reasons.");
        }
        if (facts.PausedSends > 0)
            yield return Say($"{Count(facts.PausedSends, "send is", "sends are")} paused.");
        if (facts.Unclear > 0)
            yield return Say($"Of {Count(facts.Unclear, "mail", "mails")} nobody knows whether they left: decide about them under Mail.");
        if (!facts.IsSigned)
            yield return "Mails are not signed (DKIM): large providers refuse unsigned bulk mail. Set Email:Dkim.";
    }

    /// <summary>The one thing that is worth most now: what costs, before what waits, before what could be better.</summary>
    public static string Suggest(DigestFacts facts) =>
        facts switch
        {
            { Harmful: [var harmful, ..] } => $"Switch {harmful} off: those who got nothing of it bought more.",
            { Undecided: [var campaign, ..] } => $"Decide the test of {campaign}: its other readers wait for it.",
            { Switched: [var automation, ..] } => $"Switch {automation} on: it comes with the platform and is off.",
            _ when facts.Mails.FirstOrDefault(mail => mail.Sent >= FewestMails && mail.Unsubscribed > mail.Clicked) is { } worn =>
                $"Change {worn.Name}: more readers unsubscribe from it than follow a link.",
            _ when facts.Incremental is null && facts.Mails.Sum(mail => mail.Sent) >= FewestMails =>
                "Let 5 % be held out of your automations and campaigns: only so can you know what they bring.",
            _ when facts.Mails.Where(mail => mail.Sent >= FewestMails).MaxBy(mail => mail.Sent) is { } most =>
                $"Test a second subject of {most.Name}: it is the mail most people see.",
            _ => "Launch a campaign: hardly any mail left in this week.",
        };

    private static string Rated(DigestMail mail) =>
        Say($"{mail.Name}: {mail.ClickRate:P1} of {mail.Sent:N0} readers followed a link, {mail.Unsubscribed:N0} unsubscribed.");

    private static string Count(long count, string one, string several) => Say($"{count:N0} {(count == 1 ? one : several)}");

    private static double Share(long part, long whole) => (double)part / whole;

    private static string Say(FormattableString text) => FormattableString.Invariant(text);
}
