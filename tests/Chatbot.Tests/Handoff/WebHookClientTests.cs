using MarketingPlatform.Chatbot.Handoff;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Handoff;

public sealed class WebHookClientTests
{
    [Theory]
    [InlineData("http://{0}/hook")]
    [InlineData("https://{0}/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[::1]/")]
    [InlineData("https://localhost/")]
    public async Task A_hook_into_this_machine_or_its_network_is_never_called(string address)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var platform = await FakePlatform.StartAsync(ct);
        await using var app = ServiceHost.Build(
            [],
            [new ChatbotModule()],
            builder =>
            {
                builder.Configuration["Messaging:Transport"] = "memory";
                builder.Configuration["ConnectionStrings:chatbot-db"] = "Host=127.0.0.1;Port=1;Database=none";
            }
        );
        using var scope = app.Services.CreateScope();
        var hook = scope.ServiceProvider.GetRequiredService<WebHookClient>().Http;
        var target = string.Format(System.Globalization.CultureInfo.InvariantCulture, address, new Uri(platform.Address).Authority);

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => hook.PostAsync(new Uri(target), null, ct));

        Assert.Contains("AntiSSRF", refused.ToString(), StringComparison.Ordinal);
        Assert.Empty(platform.Hooked);
    }
}
