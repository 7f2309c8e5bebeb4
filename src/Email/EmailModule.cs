using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Deliverability;
using MarketingPlatform.Email.Messages;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Limits;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Tracking;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Telemetry;
using MassTransit;

namespace MarketingPlatform.Email;

/// <summary>Decides, renders and sends mails, and takes the "no" of those who want none.</summary>
public sealed class EmailModule : IServiceModule
{
    public string Name => "email";

    public void AddServices(IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddServiceDatabase<EmailDatabase>(Name, "email-db").AddServiceTelemetry(Name);
        builder.AddServiceClient<RecommendationClient>("recommendation");
        builder.AddServiceClient<SegmentClient>("segmentation").AddStandardResilienceHandler();
        var services = builder.Services;
        services.AddOptions<EmailOptions>().BindConfiguration(EmailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<Shop>().BindConfiguration(Shop.Section);
        services.AddEmailPipelines();
        services.AddSingleton<EmailTelemetry>().AddSingleton<SigningKeys>().AddSingleton<UnsubscribeTokens>().AddSingleton<MailTemplates>();
        services.AddSingleton<MailQueue>().AddSingleton<WelcomeAutomation>();
        services.AddSingleton<SenderPresence>().AddSingleton<MailLedger>().AddSingleton<LedgerWriter>().AddSingleton<MailContents>();
        services.AddSingleton<MailRoutes>().AddSingleton<DomainBackoff>().AddSingleton<RouteLimits>().AddSingleton<MailChecks>();
        services.AddSingleton<DkimKeys>().AddSingleton<SendGuard>();
        services.AddScoped<AudienceReader>().AddSingleton<SendQueue>().AddSingleton<SendViews>();
        services.AddScoped<RenderMail>().AddSingleton<DeliverMail>().AddHostedService<MailSender>();
    }

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        ListMessages.Map(root);
        GetMessage.Map(root);
        SendMessage.Map(root);
        ResolveAmbiguous.Map(root);
        CreateSend.Map(root);
        ListSends.Map(root);
        SteerSend.Map(root);
        Unsubscribe.Map(root);
    }

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<CustomerProfileChangedConsumer>(Name);
        bus.AddInboxConsumer<ConsentChangedConsumer>(Name);
        bus.AddInboxConsumer<CustomersMergedConsumer>(Name);
        bus.AddInboxConsumer<CustomersUnmergedConsumer>(Name);
        bus.AddInboxConsumer<CustomerErasedConsumer>(Name);
        bus.AddInboxConsumer<CartAbandonedConsumer>(Name);
    }
}
