using MarketingPlatform.Gateway.Keys;
using MarketingPlatform.Gateway.Routing;
using MarketingPlatform.Gateway.Tokens;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Gateway;

/// <summary>The public door: API keys, and the short-lived tokens that services verify by themselves.</summary>
public sealed class GatewayModule : IServiceModule
{
    public string Name => "gateway";

    public void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddServiceDatabase<GatewayDatabase>("gateway", "gateway-db");
        builder
            .Services.AddOptions<GatewayOptions>()
            .BindConfiguration(GatewayOptions.Section)
            .Validate(
                o => o.SeedKeys.Keys.All(scope => Scopes.TryParse(scope, out _)),
                "Gateway:SeedKeys takes collect, read, write and admin."
            )
            .ValidateOnStart();
        builder.Services.AddSingleton<KeyStore>();
        builder.Services.AddSingleton<GatewayTokens>();
        builder.Services.AddSingleton<ITokenKeys>(services => services.GetRequiredService<GatewayTokens>());
        builder.Services.AddHostedService<SeedKeys>();
        builder.AddRouting();
    }

    public void Use(IApplicationBuilder app) => app.UseMiddleware<ExchangeKeysOnTheWay>();

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        CreateKey.Map(root);
        ListKeys.Map(root);
        RevokeKey.Map(root);
        ExchangeKey.Map(root);
        PublishTokenKeys.Map(root);
        RouteToServices.Map(root);
    }
}
