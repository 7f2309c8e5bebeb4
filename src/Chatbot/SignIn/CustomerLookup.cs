using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Chatbot.SignIn;

/// <summary>Asks Customers who has an address or a user id. Nothing of it is kept here.</summary>
internal sealed class CustomerLookup(HttpClient http)
{
    /// <returns>
    /// The one customer who has the address and no other: with the key that stands in web pages anybody can join an address of his own to
    /// somebody else, whose mail he does not read.
    /// </returns>
    /// <exception cref="HttpRequestException">Customers does not answer.</exception>
    public async Task<Guid?> ByEmailAsync(string address, CancellationToken ct)
    {
        if (await FindAsync("email=" + Uri.EscapeDataString(address), ct) is not { } id)
            return null;
        var customer = await http.GetFromJsonAsync<Known>(new Uri($"{Routes.Customers}/{id}", UriKind.Relative), Json.Options, ct);
        var addresses = customer!.Identifiers.Where(identifier => identifier.Kind == "email").Select(identifier => identifier.Value);
        return addresses.All(known => known.Equals(address, StringComparison.OrdinalIgnoreCase)) ? id : null;
    }

    /// <exception cref="HttpRequestException">Customers does not answer.</exception>
    public Task<Guid?> ByUserIdAsync(string user, CancellationToken ct) => FindAsync("userId=" + Uri.EscapeDataString(user), ct);

    private async Task<Guid?> FindAsync(string query, CancellationToken ct)
    {
        var page = await http.GetFromJsonAsync<Page<Found>>(
            new Uri($"{Routes.Customers}?{query}&limit=2", UriKind.Relative),
            Json.Options,
            ct
        );
        // An address that two customers share proves nobody.
        return page?.Items is [var only] ? only.Id : null;
    }

    private sealed record Found(Guid Id);

    private sealed record Known(IReadOnlyList<Identifier> Identifiers);

    private sealed record Identifier(string Kind, string Value);
}
