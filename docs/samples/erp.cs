#!/usr/bin/env dotnet
// An ERP keeps its copy of customers current: dotnet run docs/samples/erp.cs -- http://127.0.0.1:8080 READ_KEY [CURSOR]
#:project ../../src/Client/MarketingPlatform.Client.csproj
using MarketingPlatform.Client;

if (args is not [var door, var key, .. var last])
{
    Console.Error.WriteLine("Give the platform's address, a read key, and the cursor that was printed last.");
    return 1;
}
using var platform = new MarketingPlatformClient(new Uri(door), key);
var page = await platform.Changes.ReadAsync(last is [var kept] ? kept : null, limit: 500);
for (; page.Items.Count > 0; page = await platform.Changes.ReadAsync(page.NextCursor, limit: 500))
{
    // Once a customer, however much changed; what is now is what counts.
    foreach (var id in page.Items.Select(change => change.CustomerId).OfType<Guid>().Distinct())
    {
        var customer = await platform.Customers.GetAsync(id);
        Console.WriteLine($"save {customer.UserId},{customer.Email},{customer.City}");
    }
    foreach (var erased in page.Items.Where(change => change.Kind == "erased"))
        Console.WriteLine($"delete {erased.CustomerHash}");
}
Console.WriteLine($"cursor {page.NextCursor}");
return 0;
