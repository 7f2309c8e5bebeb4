#!/usr/bin/env dotnet
// Publishes one call as plain JSON to the exchange 'marketing.in': dotnet run docs/samples/publish.cs -- amqp://user:password@host:port track '{"userId":"7","event":"Shop Visited"}'
#:package RabbitMQ.Client
#:property NoWarn=CA2007
using System.Text;
using RabbitMQ.Client;

if (args is not [var address, var routingKey, var body])
{
    Console.Error.WriteLine(
        "Give the broker's address, a routing key (identify, track, page, screen, group, alias, batch, event) and a JSON body."
    );
    return 1;
}
var factory = new ConnectionFactory { Uri = new Uri(address) };
await using var connection = await factory.CreateConnectionAsync();
await using var channel = await connection.CreateChannelAsync(
    new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
);

// The message id makes a repetition harmless. Mandatory: an error, not silence, where nobody listens.
var properties = new BasicProperties
{
    MessageId = Guid.CreateVersion7().ToString(),
    Persistent = true,
    ContentType = "application/json",
};
await channel.BasicPublishAsync("marketing.in", routingKey, mandatory: true, properties, Encoding.UTF8.GetBytes(body));
Console.WriteLine($"Published {properties.MessageId}; the broker confirmed it.");
return 0;
