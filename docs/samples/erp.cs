#!/usr/bin/env dotnet
// An ERP fetches whom its sales people should call, as CSV: dotnet run docs/samples/erp.cs -- http://127.0.0.1:8080 READ_KEY lapsed
#:project ../../src/Client/MarketingPlatform.Client.csproj
using MarketingPlatform.Client;

if (args is not [var door, var key, var segment])
{
    Console.Error.WriteLine("Give the platform's address, a read key and a segment (new, lapsed, rfm-champions, …).");
    return 1;
}
using var platform = new MarketingPlatformClient(new Uri(door), key);
Console.WriteLine("customer,email,city,in segment since");
await foreach (var member in platform.Segments.MembersAsync(segment))
{
    var customer = await platform.Customers.GetAsync(member.CustomerId);
    Console.WriteLine($"{customer.UserId},{customer.Email},{customer.City},{member.EnteredAt:yyyy-MM-dd}");
}
return 0;
