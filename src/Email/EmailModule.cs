using System.CommandLine;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Api;
using MarketingPlatform.Email.Automations.Events;
using MarketingPlatform.Email.Automations.Forecast;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Automations.Simulation;
using MarketingPlatform.Email.Campaigns;
using MarketingPlatform.Email.Campaigns.Api;
using MarketingPlatform.Email.Campaigns.Running;
using MarketingPlatform.Email.Campaigns.Simulation;
using MarketingPlatform.Email.Consent;
using MarketingPlatform.Email.Coupons;
using MarketingPlatform.Email.Decisions;
using MarketingPlatform.Email.Deliverability;
using MarketingPlatform.Email.Digest;
using MarketingPlatform.Email.HoldOuts;
using MarketingPlatform.Email.Messages;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Segments;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Limits;
using MarketingPlatform.Email.Sending.Timing;
using MarketingPlatform.Email.Sending.Transport;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Templates.Evaluation;
using MarketingPlatform.Email.Tracking;
using MarketingPlatform.Email.Words;
using MarketingPlatform.Platform.CommandLine;
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
        builder.AddServiceClient<CatalogueClient>("recommendation");
        builder.AddServiceClient<ShopEvents>("customers");
        var services = builder.Services;
        services.AddOptions<EmailOptions>().BindConfiguration(EmailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<Shop>().BindConfiguration(Shop.Section);
        services
            .AddOptions<DrafterOptions>()
            .BindConfiguration(DrafterOptions.Section)
            .Validate(
                drafter => !drafter.IsOn || (Uri.TryCreate(drafter.Endpoint, UriKind.Absolute, out _) && drafter.Model.Length > 0),
                "Email:Drafter:Endpoint must be an absolute address, and Email:Drafter:Model must name the model."
            )
            .ValidateOnStart();
        services.AddSingleton<Drafter>();
        services.AddEmailPipelines();
        services.AddSingleton<EmailTelemetry>().AddSingleton<SigningKeys>().AddSingleton<UnsubscribeTokens>().AddSingleton<MailTemplates>();
        services.AddSingleton<TemplateStore>().AddSingleton<CouponPools>().AddSingleton<MailPersonalisation>().AddScoped<Previews>();
        services.AddHostedService<TemplateRefresh>().AddHostedService<LabelEvents>();
        services.AddSingleton<MailQueue>().AddSingleton<Subscribing>().AddSingleton<Orders>();
        services.AddSingleton<AutomationStore>().AddSingleton<AutomationIntake>().AddSingleton<FactsReader>().AddSingleton<EffectWriter>();
        services.AddHostedService<AutomationRefresh>().AddHostedService<JourneyTimers>().AddHostedService<DateTriggers>();
        services.AddSingleton<AutomationTrial>();
        services
            .AddScoped<RecordedEvents>()
            .AddScoped<AudienceForecaster>()
            .AddScoped<ExperimentForecaster>()
            .AddScoped<KnownNamesReader>();
        services.AddSingleton<JourneyDoor>().AddWebHooks();
        services.AddSingleton<SenderPresence>().AddSingleton<MailLedger>().AddSingleton<LedgerWriter>().AddSingleton<MailContents>();
        services.AddSingleton<MailRoutes>().AddSingleton<DomainBackoff>().AddSingleton<RouteLimits>().AddSingleton<MailChecks>();
        services.AddSingleton<DkimKeys>().AddSingleton<SendGuard>();
        services.AddScoped<AudienceReader>().AddSingleton<BestTimes>().AddSingleton<SendQueue>().AddSingleton<SendViews>();
        services.AddSingleton<DigestReader>().AddSingleton<MondayDigest>();
        services.AddHostedService(provider => provider.GetRequiredService<MondayDigest>());
        services.AddSingleton<ForgetOldSteps>().AddHostedService(provider => provider.GetRequiredService<ForgetOldSteps>());
        services.AddScoped<CampaignAudienceReader>().AddScoped<CampaignPlanner>().AddScoped<CampaignViews>().AddScoped<LaunchCampaign>();
        services.AddSingleton<CampaignSends>();
        services.AddSingleton<CampaignClock>().AddHostedService(provider => provider.GetRequiredService<CampaignClock>());
        services.AddScoped<RecommendToSet>().AddScoped<RenderMail>().AddSingleton<DeliverMail>();
        services.AddSingleton<SendingLine>().AddHostedService<MailSender>();
    }

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        ListMessages.Map(root);
        GetMessage.Map(root);
        RenderMessage.Map(root);
        MailOverview.Map(root);
        ListDecisions.Map(root);
        SendMessage.Map(root);
        ResolveAmbiguous.Map(root);
        CreateSend.Map(root);
        ListSends.Map(root);
        ListRoutes.Map(root);
        ListSuppressions.Map(root);
        SteerSend.Map(root);
        Unsubscribe.Map(root);
        TrackEndpoints.Map(root);
        MessageEvents.Map(root);
        ReadTemplates.Map(root);
        WriteTemplates.Map(root);
        PreviewTemplate.Map(root);
        ListCouponPools.Map(root);
        AddCoupons.Map(root);
        WordsApi.Map(root);
        ReadAutomations.Map(root);
        WriteAutomations.Map(root);
        PlanAutomation.Map(root);
        BeginJourney.Map(root);
        MeasureEffect.Map(root);
        MeasureExperiments.Map(root);
        ReadCampaigns.Map(root);
        SaveCampaign.Map(root);
        PrepareCampaign.Map(root);
        SteerCampaign.Map(root);
        ReportCampaign.Map(root);
        MeasureProgramme.Map(root);
    }

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<CustomerProfileChangedConsumer>(Name);
        bus.AddInboxConsumer<ConsentChangedConsumer>(Name);
        bus.AddInboxConsumer<ConsentConfirmationRequestedConsumer>(Name);
        bus.AddInboxConsumer<CustomersMergedConsumer>(Name);
        bus.AddInboxConsumer<CustomersUnmergedConsumer>(Name);
        bus.AddInboxConsumer<CustomerErasedConsumer>(Name);
        bus.AddInboxConsumer<CustomerExportRequestedConsumer>(Name);
        bus.AddInboxConsumer<CartAbandonedConsumer>(Name);
        bus.AddInboxConsumer<OrderPlacedConsumer>(Name);
        bus.AddInboxConsumer<OrderRefundedConsumer>(Name);
        bus.AddInboxConsumer<SegmentEnteredConsumer>(Name);
        bus.AddInboxConsumer<SegmentLeftConsumer>(Name);
        bus.AddInboxConsumer<BehaviourConsumer>(Name);
        bus.AddInboxConsumer<ProductChangedConsumer>(Name);
        bus.AddInboxConsumer<EmailOpenedConsumer>(Name);
        bus.AddInboxConsumer<EmailClickedConsumer>(Name);
    }

    public void AddCommands(Command root)
    {
        root.Evaluate().Add(EvaluateLiquidCommand.Create());
        root.Evaluate().Add(EvaluateCampaignsCommand.Create());
        root.Add(SimulateCommand.Create(TimeProvider.System));
        root.Add(PlanCommand.Create(TimeProvider.System));
    }
}
