using System.Text.Json.Nodes;

namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>One shopper on the timeline: visits, and what they leave behind. Mutable, for one pass through time.</summary>
internal sealed class ShopperLife
{
    private static readonly TimeSpan BetweenVisits = TimeSpan.FromMinutes(45);

    private readonly ShopperCalls _calls;
    private readonly Catalogue _catalogue;
    private readonly Timeline _timeline;
    private readonly Chance _chance;
    private readonly HashSet<int> _bought = [];
    private readonly bool _signsUpLate;

    private double _share;
    private int _visits;
    private bool _known;
    private DateTimeOffset? _emailAllowedFrom;
    private DateTimeOffset? _emailWithdrawnAt;

    public ShopperLife(Shopper shopper, int seed, Catalogue catalogue, Timeline timeline, Chance chance)
    {
        (Shopper, _catalogue, _timeline, _chance) = (shopper, catalogue, timeline, chance);
        _calls = new ShopperCalls(shopper, seed);
        _signsUpLate = chance.Happens(0.4);
        _share = shopper.Character.JoinsAt;
        NextVisitAt = timeline.At(_share, shopper.Place.UtcOffset, chance);
    }

    public Shopper Shopper { get; }

    public DateTimeOffset NextVisitAt { get; private set; }

    public bool ComesAgain { get; private set; } = true;

    public int Orders { get; private set; }

    public DateTimeOffset? LastOrderAt { get; private set; }

    /// <summary>Indexes of the products this shopper ever ordered.</summary>
    public IReadOnlySet<int> Bought => _bought;

    public bool AllowsEmailAt(DateTimeOffset at) => at >= _emailAllowedFrom && !(at >= _emailWithdrawnAt);

    public void Visit(ShopHistory.CallQueue calls)
    {
        var character = Shopper.Character;
        var next = _share + _chance.Exponential(character.VisitGap);
        ComesAgain = next < character.LeavesAt;

        var newDevice = _known && _chance.Happens(0.04);
        var buys = _chance.Happens(character.Conversion);
        var fillsCart = buys || _chance.Happens(0.12 + 0.15 * character.PriceSensitivity);
        var signsUp = !_known && (buys || !ComesAgain || _visits > 0 || !_signsUpLate);
        _visits++;

        var device = newDevice ? $"{Shopper.AnonymousId}-{_visits}" : Shopper.AnonymousId;
        var visit = new Stay(_calls, calls, NextVisitAt, device, signedIn: _known && !newDevice, _chance);
        visit.Arrive(Channel());
        var seen = _catalogue.PickFor(character, _chance.Weighted(character.Tastes), _chance);
        visit.View(seen);
        if (signsUp)
            SignUp(visit, calls);
        else if (newDevice)
            visit.SignIn(AllowsEmailAt(visit.Clock));

        if (fillsCart)
            Shop(visit, seen, buys, calls);
        else
            Browse(visit);
        if (_known)
            Engage(visit, calls);

        _share = next;
        var planned = ComesAgain ? _timeline.At(next, Shopper.Place.UtcOffset, _chance) : default;
        var earliest = visit.Clock + BetweenVisits;
        NextVisitAt = planned > earliest ? planned : earliest;
    }

    private void SignUp(Stay visit, ShopHistory.CallQueue calls)
    {
        _known = true;
        if (Shopper.Character.AllowsEmail)
            _emailAllowedFrom = visit.Clock;
        visit.SignIn(AllowsEmailAt(visit.Clock));

        // Some who allowed mail think better of it, some who did not are won over.
        if (_chance.Happens(0.07))
        {
            var share = _share + (1 - _share) * _chance.Unit();
            var at = _timeline.At(share, Shopper.Place.UtcOffset, _chance);
            if (at < visit.Clock)
                at = visit.Clock.AddDays(1);
            if (Shopper.Character.AllowsEmail)
                _emailWithdrawnAt = at;
            else
                _emailAllowedFrom = at;
            calls.Add(_calls.Identify(at, Shopper.AnonymousId, AllowsEmailAt(at)));
        }
    }

    private void Browse(Stay visit)
    {
        for (var more = _chance.Poisson(0.8); more > 0; more--)
            visit.View(_catalogue.PickFor(Shopper.Character, _chance.Weighted(Shopper.Character.Tastes), _chance));
    }

    private void Shop(Stay visit, Product first, bool buys, ShopHistory.CallQueue calls)
    {
        var cartId = _calls.Id("cart", _visits);
        var basket = new List<BasketLine>();
        for (var wanted = 1 + _chance.Poisson(0.9); wanted > 0; wanted--)
        {
            var product = basket.Count == 0 ? first : NextFor(basket[^1].Product);
            if (basket.Any(line => line.Product == product))
                continue;
            var line = new BasketLine(product, Assortment.Consumed.Contains(product.Category) && _chance.Happens(0.3) ? 2 : 1);
            if (basket.Count > 0 && _chance.Happens(0.6))
                visit.View(product);
            visit.Track("Product Added", Properties.InCart(product, line.Quantity, cartId));
            basket.Add(line);
        }
        if (basket.Count > 1 && _chance.Happens(0.06))
        {
            visit.Track("Product Removed", Properties.InCart(basket[^1].Product, basket[^1].Quantity, cartId));
            basket.RemoveAt(basket.Count - 1);
        }
        if (_chance.Happens(0.3))
            visit.Track("Cart Viewed", Properties.Cart(cartId, basket));
        if (_chance.Happens(buys ? 0.7 : 0.25))
            visit.Track("Checkout Started", Properties.Cart(cartId, basket));
        if (buys)
            Order(visit, cartId, basket, calls);
    }

    private void Order(Stay visit, string cartId, List<BasketLine> basket, ShopHistory.CallQueue calls)
    {
        Orders++;
        var orderId = _calls.Id("order", Orders);
        visit.Track("Order Completed", Properties.Order(orderId, cartId, basket));
        LastOrderAt = visit.Clock;
        _bought.UnionWith(basket.Select(line => line.Product.Index));
        if (_chance.Happens(0.035))
        {
            BasketLine[] returned = _chance.Happens(0.5) ? [basket[0]] : [.. basket];
            var at = visit.Clock.AddDays(_chance.Between(3, 20));
            calls.Add(_calls.Track("Order Refunded", at, signedIn: true, Shopper.AnonymousId, Properties.Refund(orderId, returned)));
        }
    }

    /// <summary>What goes with the last product, what was used up, or what taste says.</summary>
    private Product NextFor(Product last)
    {
        var dice = _chance.Unit();
        if (dice < 0.4)
            return _catalogue.Products[last.Companions[_chance.Weighted([0.5, 0.3, 0.2])]];
        var usedUp = dice < 0.55 ? _bought.Where(index => Assortment.Consumed.Contains(_catalogue.Products[index].Category)).ToArray() : [];
        return usedUp.Length > 0
            ? _catalogue.Products[_chance.Pick(usedUp)]
            : _catalogue.PickFor(Shopper.Character, _chance.Weighted(Shopper.Character.Tastes), _chance);
    }

    private void Engage(Stay visit, ShopHistory.CallQueue calls)
    {
        if (!_chance.Happens(Shopper.Character.FavouriteChannel == "social" ? 0.4 : 0.06))
            return;
        var network = _chance.Pick(["instagram", "facebook", "pinterest"]);
        var properties = new JsonObject
        {
            ["channel"] = "social",
            ["network"] = network,
            ["action"] = _chance.Pick(["like", "like", "like", "comment", "share"]),
        };
        var at = visit.Clock.AddHours(1 + 40 * _chance.Unit());
        calls.Add(_calls.Track("Social Engaged", at, signedIn: true, Shopper.AnonymousId, properties));
    }

    private string Channel() => _chance.Happens(0.6) ? Shopper.Character.FavouriteChannel : _chance.Pick(Character.Channels);
}
