using MarketingPlatform.Console.Ads;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Automations;
using MarketingPlatform.Console.Campaigns;
using MarketingPlatform.Console.Chat;
using MarketingPlatform.Console.Customers;
using MarketingPlatform.Console.Mail;
using MarketingPlatform.Console.Operations;
using MarketingPlatform.Console.Overview;
using MarketingPlatform.Console.Recommendations;
using MarketingPlatform.Console.Segments;
using MarketingPlatform.Console.Settings;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using MudBlazor.Services;

namespace MarketingPlatform.Console;

/// <summary>The pages where marketers and operations see what the platform does, and steer it.</summary>
public sealed class ConsoleModule : IServiceModule
{
    public string Name => "console";

    public void AddServices(IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddServiceDatabase<ConsoleDatabase>(Name, "console-db");
        var services = builder.Services;
        services.AddOptions<ConsoleOptions>().BindConfiguration(ConsoleOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<Shop>().BindConfiguration(Shop.Section);
        builder.AddConsoleAuthentication();
        services.AddDataProtection().SetApplicationName("marketing-console");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, UseProtectionKeys>();
        // It looks for keys before the database can be there, and again when somebody needs one; a failure then fails the request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.KeyRingProvider", LogLevel.Critical);
        services.AddAntiforgery(forms => forms.Cookie.Name = "marketing-console-forms");
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddMudServices();
        services.AddSingleton<RoleTokens>();
        services.AddHttpClient(RoleTokens.ClientName, Connect);
        services.AddHttpClient<PlatformApi>(Connect);
        services.AddHostedService<FirstAdministrator>();
    }

    public void Use(IApplicationBuilder app) => app.UseMiddleware<PageHeaders>();

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        PageFiles.Map(root);
        PostSignIn.Map(root);
        PostSignOut.Map(root);
        OpenIdConnect.Map(root);
        ChooseTheme.Map(root);
        DismissTour.Map(root);
        UnmergeCustomer.Map(root);
        AskPrivacy.Map(root);
        MailBody.Map(root);
        SteerSend.Map(root);
        SaveTemplate.Map(root);
        MakeTemplate.Map(root);
        MakeCampaign.Map(root);
        SteerCampaign.Map(root);
        SwitchAutomation.Map(root);
        EditAutomation.Map(root);
        RollBackAutomation.Map(root);
        TemplatePreview.Map(root);
        ReplayMessages.Map(root);
        CancelImport.Map(root);
        SwitchModel.Map(root);
        TrainModel.Map(root);
        MakeKey.Map(root);
        RevokeKey.Map(root);
        ChangeCartSettings.Map(root);
        SaveSegment.Map(root);
        AnswerConversation.Map(root);
        AllocateBudget.Map(root);
        DecideHeldRow.Map(root);
        SteerCreativeTests.Map(root);
        LearnResponse.Map(root);
        SteerHoldOuts.Map(root);
        SteerPeriods.Map(root);
        MakeUser.Map(root);
        ChangeUser.Map(root);
        ChangePassword.Map(root);
        root.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode()
            .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Viewer))
            .Add(AnswerGetOnly);
    }

    /// <summary>Pages show; what changes something is posted to a use case of its own, often at the same address.</summary>
    private static void AnswerGetOnly(EndpointBuilder endpoint)
    {
        if (!endpoint.Metadata.OfType<ComponentTypeMetadata>().Any())
            return;
        foreach (var methods in endpoint.Metadata.OfType<HttpMethodMetadata>().ToArray())
            endpoint.Metadata.Remove(methods);
        endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get]));
    }

    private static void Connect(IServiceProvider services, HttpClient http)
    {
        http.BaseAddress = new Uri("https+http://gateway");
        http.Timeout = services.GetRequiredService<IOptions<ConsoleOptions>>().Value.ServiceTimeout;
    }
}
