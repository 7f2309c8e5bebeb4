using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Cli.Demo.Shop;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Demo;

/// <summary>One customer leaves a cart, live; the platform answers with a mail.</summary>
internal sealed class Story(PlatformApi api, Catalogue catalogue, int seed, TextWriter output, TimeProvider clock)
{
    private static readonly TimeSpan ShortTimer = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UsualTimer = TimeSpan.FromHours(1);
    private static readonly TimeSpan ForLearning = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ForTheMail = TimeSpan.FromMinutes(5);

    /// <returns>Where the mail is.</returns>
    public async Task<string> TellAsync(IReadOnlyList<ShopperLife> lives, DateTimeOffset end, CancellationToken ct)
    {
        var candidates = StoryCast.Candidates(lives, end);
        if (candidates.Count == 0)
            throw new CommandException("Nobody in this shop bought and allowed mail. Take more --customers or another --seed.");

        var (hero, customer, known) = await ChooseAsync(candidates, ct);
        var segments = await WaitForSegmentsAsync(customer, ct);
        var model = await WaitForModelAsync(customer, ct);
        Introduce(hero, segments, model);

        // The cart is filled before the timer is shortened: however slow the machine, the mail shows the whole cart.
        var cart = StoryCast.Wishes(hero, catalogue, count: 2);
        await LeaveCartAsync(hero.Shopper, cart, ct);
        var before = await ShortenTimerAsync(ct);
        try
        {
            var mail = await WaitForMailAsync(customer, known, ct);
            return Show(mail, cart);
        }
        finally
        {
            // Also after Ctrl-C: a shop must not be left with a cart timer of two seconds.
            await RestoreTimerAsync(before);
        }
    }

    /// <summary>The first candidate who has no cart mail yet, so that each run tells of somebody who has not been reminded
    /// before.</summary>
    private async Task<(ShopperLife Hero, string Customer, HashSet<string> KnownMails)> ChooseAsync(
        IReadOnlyList<ShopperLife> candidates,
        CancellationToken ct
    )
    {
        (ShopperLife, string, HashSet<string>)? first = null;
        foreach (var candidate in candidates.Take(20))
        {
            var customer = await Patience.UntilAsync(
                $"the platform to know the customer {candidate.Shopper.UserId}",
                ForLearning,
                async () =>
                    await ItemsAsync($"{Routes.Customers}?userId={candidate.Shopper.UserId}", ct) is [var found, ..]
                        ? (string?)found["id"]
                        : null,
                output,
                clock,
                ct
            );
            var mails = await CartMailsAsync(customer, ct);
            HashSet<string> known = [.. mails.Select(mail => Text(mail, "id"))];
            if (known.Count == 0)
                return (candidate, customer, known);
            first ??= (candidate, customer, known);
        }
        return first!.Value;
    }

    private Task<string[]> WaitForSegmentsAsync(string customer, CancellationToken ct) =>
        Patience.UntilAsync(
            "the customers to be segmented",
            ForLearning,
            async () =>
            {
                var all = await ItemsAsync($"{Routes.Segments}?limit=1000", ct);
                if (!all.Any(segment => (long?)segment["size"] > 0))
                    return null;
                string[] own =
                [
                    .. (await ItemsAsync($"{Routes.Segments}?customer={customer}", ct)).Select(segment => Text(segment, "name")),
                ];
                return own.Length > 0 ? own : null;
            },
            output,
            clock,
            ct
        );

    private Task<string> WaitForModelAsync(string customer, CancellationToken ct) =>
        Patience.UntilAsync(
            "the recommendation model to be trained",
            ForLearning,
            async () =>
            {
                var answer = await api.GetAsync($"{Routes.Recommendations}?customer={customer}&limit=4", ct);
                var list = answer.Deserialize<RecommendationList>(JsonSerializerOptions.Web);
                return list is { ModelVersion: not null, Items.Count: > 0 } ? list.ModelVersion : null;
            },
            output,
            clock,
            ct
        );

    private void Introduce(ShopperLife hero, string[] segments, string model)
    {
        var shopper = hero.Shopper;
        output.WriteLine();
        output.WriteLine(
            $"This is {shopper.FirstName} {shopper.LastName} from {shopper.City}, customer {shopper.UserId}, with {hero.Orders} orders."
        );
        output.WriteLine($"The platform found the segments {string.Join(", ", segments)} and trained the model {model}.");
    }

    private async Task<TimeSpan> ShortenTimerAsync(CancellationToken ct)
    {
        var settings = await api.GetAsync(Routes.CartSettings, ct);
        var before = TimeSpan.Parse(Text(settings, "abandonedAfter"), CultureInfo.InvariantCulture);
        await SetTimerAsync(ShortTimer, ct);

        // An earlier demo that was killed may have left its own short timer behind.
        return before == ShortTimer ? UsualTimer : before;
    }

    private async Task RestoreTimerAsync(TimeSpan before)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        try
        {
            await SetTimerAsync(before, limit.Token);
        }
        catch (Exception cause) when (cause is CommandException or OperationCanceledException)
        {
            // Said, not thrown: what ended the story must stay the error that the user sees.
            output.WriteLine(
                $"The cart timer is still {ShortTimer}: PUT {Routes.CartSettings} with abandonedAfter {before} ({cause.Message})"
            );
        }
    }

    private async Task SetTimerAsync(TimeSpan abandonedAfter, CancellationToken ct) =>
        await api.PutAsync(
            Routes.CartSettings,
            new JsonObject { ["abandonedAfter"] = abandonedAfter.ToString("c", CultureInfo.InvariantCulture) },
            ct
        );

    private async Task LeaveCartAsync(Shopper shopper, IReadOnlyList<Product> cart, CancellationToken ct)
    {
        var run = Guid.CreateVersion7(clock.GetUtcNow());
        var cartId = $"cart-{seed}-live-{run:N}";
        var step = 0;
        output.WriteLine($"Now {shopper.FirstName} visits the shop, fills a cart and leaves:");
        foreach (var product in cart)
        {
            await SendAsync("Product Viewed", Properties.Of(product));
            await SendAsync("Product Added", Properties.InCart(product, 1, cartId));
            output.WriteLine($"  1 × {product.Name}, {product.Price} {Catalogue.Currency}");
        }

        Task SendAsync(string name, JsonObject properties)
        {
            var call = new ShopCall(
                "track",
                $"live-{run:N}-{++step}",
                clock.GetUtcNow(),
                shopper.UserId,
                shopper.AnonymousId,
                name,
                properties
            );
            return api.CollectAsync(Routes.Collect + "/track", () => Body(call), ct);
        }
    }

    private Task<JsonNode> WaitForMailAsync(string customer, HashSet<string> known, CancellationToken ct) =>
        Patience.UntilAsync(
            "the abandoned-cart mail to be sent",
            ForTheMail,
            async () =>
            {
                var fresh = (await CartMailsAsync(customer, ct)).Where(mail => !known.Contains(Text(mail, "id"))).ToArray();
                var refused = fresh.FirstOrDefault(mail => Text(mail, "status") is "failed" or "suppressed" or "skipped");
                if (refused is not null)
                    throw new CommandException($"The abandoned-cart mail was not sent: {refused.ToJsonString()}");
                return fresh.FirstOrDefault(mail => Text(mail, "status") == "sent");
            },
            output,
            clock,
            ct
        );

    private string Show(JsonNode mail, IReadOnlyList<Product> cart)
    {
        output.WriteLine($"The platform answers with a mail: “{Text(mail, "subject")}”");
        output.WriteLine("It shows the cart and recommends:");
        foreach (var product in mail["products"]?.AsArray() ?? [])
        {
            if (product is null || cart.Any(left => left.Id == Text(product, "productId")))
                continue;
            var why = (string?)product["reason"];
            output.WriteLine(why is null ? $"  {Text(product, "name")}" : $"  {Text(product, "name")} — {why}");
        }
        output.WriteLine();
        return (string?)mail["location"] ?? $"sent by SMTP, message {Text(mail, "id")}";
    }

    private async Task<IReadOnlyList<JsonNode>> CartMailsAsync(string customer, CancellationToken ct) =>
        [
            .. (await ItemsAsync($"{Routes.Messages}?customer={customer}&limit=20", ct)).Where(mail =>
                Text(mail, "automation") == "abandoned-cart"
            ),
        ];

    private async Task<IReadOnlyList<JsonNode>> ItemsAsync(string path, CancellationToken ct) =>
        [.. ((await api.GetAsync(path, ct))["items"] as JsonArray ?? []).OfType<JsonNode>()];

    private static string Text(JsonNode node, string member) => node[member]?.ToString() ?? "";

    private static ByteArrayContent Body(ShopCall call)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            call.WriteTo(json);
        return new ByteArrayContent(stream.ToArray())
        {
            Headers = { ContentType = new("application/json") { CharSet = Encoding.UTF8.WebName } },
        };
    }
}
