using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;

namespace MarketingPlatform.Chatbot.SignIn;

/// <summary>Asks Customers who has an address or a user id. Nothing of it is kept here.</summary>
internal sealed class CustomerLookup(HttpClient http)
{
    /// <exception cref="HttpRequestException">Customers does not answer.</exception>
    public Task<Guid?> ByEmailAsync(string address, CancellationToken ct) => FindAsync("email=" + Uri.EscapeDataString(address), ct);

    /// <inheritdoc cref="ByEmailAsync"/>
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
}
