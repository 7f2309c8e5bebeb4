using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace MarketingPlatform.EndToEnd.Tests;

/// <summary>Another system that knows RabbitMQ and nothing of us: plain JSON on the exchange <c>marketing.in</c>.</summary>
[Collection(DistributedPlatform.Shared)]
public sealed class PlainJsonTests(DistributedPlatform platform)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plain_json_and_a_cloud_event_on_the_exchange_bring_a_mail_each_however_often_they_are_sent()
    {
        var now = TimeProvider.System.GetUtcNow();
        await PublishAsync("identify", Shop.SignsUp("till-1", "till-1@shop.test", now), id: "till-1");
        await PublishAsync("identify", Shop.SignsUp("till-1", "till-1@shop.test", now), id: "till-1");
        await PublishAsync(
            "event",
            new
            {
                specversion = "1.0",
                id = "ce-1",
                source = "/till",
                type = "shop.identify",
                data = Shop.SignsUp("till-2", "till-2@shop.test", now),
            },
            id: "ce-1"
        );

        await platform.EventuallySendsAsync("till-1@shop.test", "welcome");
        await platform.EventuallySendsAsync("till-2@shop.test", "welcome");
        Assert.Single(platform.Mails(), mail => RunningPlatform.IsTo(mail, "till-1@shop.test"));
        Assert.Equal(1, await platform.AskAsync<long>("customers", "select count(*) from events where message_id = 'signup-till-1'"));
    }

    [Theory]
    [InlineData("dance", """{"userId": "7"}""", "Unknown routing key 'dance'")]
    [InlineData("track", """{"userId": """, "The body is not JSON")]
    [InlineData("event", """{"type": "track", "userId": "7"}""", "no-event-name")]
    public async Task What_cannot_be_understood_is_parked_with_its_reason_and_blocks_nobody(string routingKey, string body, string reason)
    {
        var user = "after-" + routingKey + body.Length;
        await PublishAsync(routingKey, body, id: "odd-" + user);
        await PublishAsync("identify", Shop.SignsUp(user, user + "@shop.test", TimeProvider.System.GetUtcNow()), id: user);

        await platform.EventuallySendsAsync(user + "@shop.test", "welcome");
        using var answer = await platform.SendAsync(HttpMethod.Get, "/api/v1/operations/customers/messages?limit=1000", "read", null);
        var parked = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Ct)).GetProperty("items").EnumerateArray();
        Assert.Contains(parked, message => message.GetProperty("reason").GetString()!.Contains(reason, StringComparison.Ordinal));
    }

    private async Task PublishAsync(string routingKey, object body, string id)
    {
        var factory = new ConnectionFactory { Uri = new Uri(platform.Settings["ConnectionStrings__rabbitmq"]) };
        await using var connection = await factory.CreateConnectionAsync(Ct);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Ct);
        await channel.BasicPublishAsync(
            "marketing.in",
            routingKey,
            mandatory: true,
            new BasicProperties { MessageId = id, Persistent = true },
            Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body)),
            Ct
        );
    }
}
