using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;
using Polly;

namespace MarketingPlatform.Email.Automations.Forecast;

/// <summary>An event that customers cause in the shop, in the days that were looked at.</summary>
internal sealed record ShopEvent(string Name, long Events, long Customers, DateTimeOffset LastAt);

/// <summary>What Customers has recorded.</summary>
internal sealed record ShopEventReport(int Days, IReadOnlyList<ShopEvent> Names, IReadOnlyList<ShopEventReport.One> Latest)
{
    internal sealed record One(Guid Id, Guid CustomerId, DateTimeOffset At, JsonElement? Properties);
}

/// <summary>Asks Customers which events there were: this service keeps those that its automations count, and no others.</summary>
internal sealed class ShopEvents(HttpClient http, IOptions<EmailOptions> options, TimeProvider clock)
{
    public const int MostEvents = 5_000;

    /// <summary>A shop where a month takes too long to count is told by a week, or a day.</summary>
    private static readonly int[] Windows = [30, 7, 1];

    /// <param name="name">With the latest events of this name; null: names alone.</param>
    /// <returns>Null where Customers is away or has too many to look through.</returns>
    public Task<ShopEventReport?> ReadAsync(string? name, CancellationToken ct) =>
        Patience.WithinAsync(options.Value.NamesTimeout, clock, stop => AskAsync(name, stop), () => null, ct);

    private async Task<ShopEventReport?> AskAsync(string? name, CancellationToken ct)
    {
        foreach (var days in Windows)
        {
            var asked = string.Create(CultureInfo.InvariantCulture, $"{Routes.Customers}/events?days={days}");
            if (name is not null)
                asked += string.Create(CultureInfo.InvariantCulture, $"&limit={MostEvents}&name={Uri.EscapeDataString(name)}");
            try
            {
                using var answer = await http.GetAsync(new Uri(asked, UriKind.Relative), ct);
                if (answer.IsSuccessStatusCode)
                    return await answer.Content.ReadFromJsonAsync<ShopEventReport>(Json.Options, ct);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    return null;
            }
            catch (Exception e)
                when (e is HttpRequestException or ExecutionRejectedException or JsonException
                    || (e is OperationCanceledException && !ct.IsCancellationRequested)
                )
            {
                return null;
            }
        }
        return null;
    }
}
