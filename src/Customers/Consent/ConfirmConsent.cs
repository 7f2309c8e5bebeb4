using System.Diagnostics;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Http;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Customers.Consent;

/// <summary>
/// The page behind the link of a confirming mail. To look at it changes nothing, since scanners of mail servers follow links; the button
/// on it does.
/// </summary>
internal static class ConfirmConsent
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Consent + "/confirm", Show).AllowAnonymous().ExcludeFromDescription();
        root.MapPost(Routes.Consent + "/confirm", Confirm).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> Show(
        string? token,
        HttpContext context,
        CustomersDatabase database,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        if (await DoubleOptIn.FindAsync(work, token ?? "", clock.GetUtcNow(), ct) is not { } asked)
            return ConsentPage.NoLonger(context, shop.Value.Name);
        var words = ConsentWords.For(asked.Language, context);
        return ConsentPage.Answer(
            context,
            words,
            shop.Value.Name,
            words.PleaseConfirm,
            $"""
            <p>{ConsentPage.Text(words.Purposes[asked.Purpose])}</p>
            <form method="post"><button>{ConsentPage.Text(words.Agree)}</button></form>
            """
        );
    }

    private static async Task<IResult> Confirm(
        string? token,
        HttpContext context,
        CustomersDatabase database,
        ConsentLedger ledger,
        IOptions<Shop> shop,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        await using var work = await database.BeginAsync(ct);
        if (await DoubleOptIn.FindAsync(work, token ?? "", now, ct) is not { } asked)
            return ConsentPage.NoLonger(context, shop.Value.Name);
        // The button pressed twice says the same once.
        if (asked.ConfirmedAt is null)
        {
            var customer = await work.QuerySingleOrDefaultAsync<Guid?>(CustomersDatabase.CurrentIdSql, new { Id = asked.CustomerId }, ct);
            if (customer is null)
                return ConsentPage.NoLonger(context, shop.Value.Name);
            await DoubleOptIn.ConfirmedAsync(work, token!, now, ct);
            var evidence = new ConsentEvidence(asked.TextVersion, ClientAddress.Of(context), token);
            await ledger.StoreAsync(
                work,
                [
                    new ConsentRecord(
                        customer.Value,
                        asked.Purpose,
                        true,
                        DoubleOptIn.Source,
                        now,
                        Activity.Current?.Id,
                        evidence,
                        Vouched: true
                    ),
                ],
                now,
                ct
            );
            await work.CommitAsync(ct);
        }
        // Confirmed before, and taken back since: the old link is no way to say yes again.
        else if (!asked.Granted)
            return ConsentPage.NoLonger(context, shop.Value.Name);
        var words = ConsentWords.For(asked.Language, context);
        return ConsentPage.Answer(context, words, shop.Value.Name, words.Thanks, $"<p>{ConsentPage.Text(words.Confirmed)}</p>");
    }
}
