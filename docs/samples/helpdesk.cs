#!/usr/bin/env dotnet
// A help desk shows who writes, and notes what was said: dotnet run docs/samples/helpdesk.cs -- http://127.0.0.1:8080 WRITE_KEY ada@shop.example [no-mail]
#:project ../../src/Client/MarketingPlatform.Client.csproj
using MarketingPlatform.Client;

if (args is not [var door, var key, var email, .. var said])
{
    Console.Error.WriteLine(
        "Give the platform's address, a write key and the e-mail address of who writes; 'no-mail' where they want none."
    );
    return 1;
}
using var platform = new MarketingPlatformClient(new Uri(door), key);
if (await platform.Customers.FindAsync(email: email) is not { } customer)
{
    Console.WriteLine($"Nobody is known by {email}.");
    return 0;
}
Console.WriteLine(
    $"{customer.FirstName} {customer.LastName}, customer since {customer.FirstSeenAt:yyyy-MM-dd}, last seen {customer.LastSeenAt:yyyy-MM-dd}"
);
var summary = await platform.Customers.SummaryAsync(customer.Id);
Console.WriteLine($"{summary.Computed.Orders} orders, {summary.Computed.Spend} {summary.Computed.Currency}");
await foreach (var segment in platform.Segments.OfAsync(customer.Id))
    Console.WriteLine($"segment: {segment.Name}");
foreach (var product in await platform.Recommendations.GetAsync(customer.Id, limit: 2))
    Console.WriteLine($"might like: {product.Name} ({product.Reason})");
if (said is ["no-mail"])
    await platform.Customers.StateConsentAsync(customer.Id, "email_marketing", granted: false, source: "help desk");
return 0;
