#!/usr/bin/env dotnet
// A till tells what was bought with a customer card: dotnet run docs/samples/till.cs -- http://127.0.0.1:8080 COLLECT_KEY CARD RECEIPT PRODUCT=PRICE…
#:project ../../src/Client/MarketingPlatform.Client.csproj
using System.Globalization;
using MarketingPlatform.Client;

if (args is not [var door, var key, var card, var receipt, .. var bought] || bought.Length == 0)
{
    Console.Error.WriteLine(
        "Give the platform's address, a collect key, the number of the customer card, the receipt's, and PRODUCT=PRICE…"
    );
    return 1;
}
using var platform = new MarketingPlatformClient(new Uri(door), key);
var products = bought
    .Select(line => line.Split('='))
    .Select(p => new { product_id = p[0], price = decimal.Parse(p[1], CultureInfo.InvariantCulture) });
await platform.Collect.SendAsync(
    new Track("Order Completed")
    {
        // The same receipt again, after a crash of the till, changes nothing.
        MessageId = "receipt-" + receipt,
        UserId = card,
        Properties = new
        {
            order_id = receipt,
            channel = "store",
            products,
        },
    }
);
Console.WriteLine($"Receipt {receipt} is stored.");
return 0;
