using Microsoft.Extensions.Options;
using Microsoft.Security.AntiSSRF;

namespace MarketingPlatform.Chatbot.Handoff;

internal static class Registration
{
    private static readonly TimeSpan HookTimeout = TimeSpan.FromSeconds(10);

    public static void AddHandoff(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<NotifyPeople>().AddHostedService(provider => provider.GetRequiredService<NotifyPeople>());
        builder
            .Services.AddHttpClient<WebHookClient>(typeof(WebHookClient).FullName!, http => http.Timeout = HookTimeout)
            .ConfigurePrimaryHttpMessageHandler(services => HandlerFor(services.GetRequiredService<IOptions<ChatbotOptions>>().Value));
    }

    /// <summary>Whoever may write the dialogue must not reach by it what only this machine can: private addresses are refused when they are connected to.</summary>
    private static AntiSSRFHandler HandlerFor(ChatbotOptions options)
    {
        var policy = new AntiSSRFPolicy(options.AllowPrivateWebHook ? PolicyConfigOptions.None : PolicyConfigOptions.ExternalOnlyLatest)
        {
            AllowPlainTextHttp = options.AllowPrivateWebHook,
        };
        var handler = policy.GetHandler();
        handler.AllowAutoRedirect = false;
        return handler;
    }
}
