#!/usr/bin/env dotnet
// Prints events of the platform as they happen: dotnet run docs/samples/subscribe.cs -- amqp://user:password@host:port MarketingPlatform.Contracts.Customers:OrderPlaced
#:package RabbitMQ.Client
#:property NoWarn=CA2007
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

if (args is not [var address, var exchange])
{
    Console.Error.WriteLine("Give the broker's address and an event, such as MarketingPlatform.Contracts.Customers:OrderPlaced.");
    return 1;
}
var factory = new ConnectionFactory { Uri = new Uri(address) };
await using var connection = await factory.CreateConnectionAsync();
await using var channel = await connection.CreateChannelAsync();

// A queue of this program's own, bound to the event's exchange. Name it and make it durable to miss nothing while you are away.
var queue = (await channel.QueueDeclareAsync()).QueueName;
await channel.QueueBindAsync(queue, exchange, routingKey: "");
var consumer = new AsyncEventingBasicConsumer(channel);
consumer.ReceivedAsync += (_, delivery) =>
{
    using var envelope = JsonDocument.Parse(Encoding.UTF8.GetString(delivery.Body.Span));
    Console.WriteLine(envelope.RootElement.GetProperty("message").GetRawText());
    return Task.CompletedTask;
};
await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
Console.Error.WriteLine($"Listening to {exchange}; Enter ends.");
Console.ReadLine();
return 0;
