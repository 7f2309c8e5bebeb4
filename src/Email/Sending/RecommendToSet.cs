using MarketingPlatform.Contracts.Recommendation;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// Asks Recommendation for many mails with one question. Left out, and asked for by themselves: mails about a cart, whose products guide the
/// answer, and single messages.
/// </summary>
internal sealed class RecommendToSet(
    MailContents contents,
    RecommendationClient recommendations,
    EmailTelemetry telemetry,
    IOptions<EmailOptions> options
)
{
    /// <returns>The same mails in the same order.</returns>
    public async Task<IReadOnlyList<ReadyMail>> HandleAsync(IReadOnlyList<ReadyMail> mails, CancellationToken ct)
    {
        var counts = new int[mails.Count];
        for (var i = 0; i < mails.Count; i++)
            counts[i] = await CountOfAsync(mails[i].Mail, ct);
        var result = mails.ToArray();
        foreach (var same in Enumerable.Range(0, mails.Count).Where(i => counts[i] > 0).GroupBy(i => counts[i]))
        foreach (var set in same.Chunk(RecommendationClient.MaxCustomers).Where(set => set.Length > 1))
            await AskAsync(result, set, same.Key, ct);
        return result;
    }

    private async Task AskAsync(ReadyMail[] mails, int[] set, int limit, CancellationToken ct)
    {
        var answer = await recommendations.AskManyAsync([.. set.Select(i => mails[i].Mail.CustomerId).Distinct()], limit, ct);
        if (answer is null)
            return;
        if (answer.Count == 0)
            telemetry.WithoutRecommendations(set.Length);
        foreach (var i in set)
            mails[i] = mails[i] with { Recommended = answer.GetValueOrDefault(mails[i].Mail.CustomerId, EmailPipelines.NoRecommendations) };
    }

    private async Task<int> CountOfAsync(ClaimedMail mail, CancellationToken ct)
    {
        if (mail.Payload is not null || mail.Automation == MailContents.SingleMessage)
            return 0;
        var source = await contents.OfAsync(mail, ct);
        return source.ShowsRecommendations ? source.Recommendations ?? options.Value.Recommendations : 0;
    }
}
