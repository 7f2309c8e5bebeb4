using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Chatbot.SignIn;

internal static class Registration
{
    public static void AddSignIn(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SigningKeys>().AddSingleton<VisitorTokens>().AddSingleton<SignInCodes>();
        builder.Services.AddSingleton<CodeSender>().AddHostedService(provider => provider.GetRequiredService<CodeSender>());
        builder.AddServiceClient<CustomerLookup>("customers").AddStandardResilienceHandler();
        builder.AddServiceClient<MailClient>("email").AddStandardResilienceHandler();
    }
}
