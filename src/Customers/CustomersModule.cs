using System.CommandLine;
using MarketingPlatform.Contracts;
using MarketingPlatform.Customers.Carts;
using MarketingPlatform.Customers.Changes;
using MarketingPlatform.Customers.Collect;
using MarketingPlatform.Customers.Consent;
using MarketingPlatform.Customers.Identity;
using MarketingPlatform.Customers.Imports;
using MarketingPlatform.Customers.Overview;
using MarketingPlatform.Customers.Privacy;
using MarketingPlatform.Customers.Profiles;
using MarketingPlatform.Customers.Quality;
using MarketingPlatform.Customers.Timeline;
using MarketingPlatform.Customers.Tracker;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Telemetry;
using MassTransit;

namespace MarketingPlatform.Customers;

/// <summary>Owner of who a customer is and what this person did: collects, identifies, keeps consents, carts and orders.</summary>
public sealed class CustomersModule : IServiceModule
{
    public string Name => "customers";

    public void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddServiceDatabase<CustomersDatabase>("customers", "customers-db");
        builder.AddServiceTelemetry("customers");
        builder.AddServiceClient<CatalogueClient>("recommendation").AddStandardResilienceHandler();
        builder.AddServiceClient<RecommendationsClient>("recommendation");
        builder.AddServiceClient<ScoresClient>("segmentation");
        builder
            .Services.AddOptions<CustomersOptions>()
            .BindConfiguration(CustomersOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddOptions<Shop>().BindConfiguration(Shop.Section);
        builder.Services.AddSingleton<PrivacyKey>();
        builder.Services.AddSingleton<LateEvents>();
        builder.Services.AddSingleton<DoubleOptIn>();
        builder.Services.AddSingleton<ConsentLedger>();
        builder.Services.AddSingleton<StoreCalls>();
        builder.Services.AddSingleton<CollectWriter>();
        builder.Services.AddSingleton<CollectServices>();
        builder.Services.AddSingleton<ImportRunner>();
        builder.Services.AddHostedService(services => services.GetRequiredService<CollectWriter>());
        builder.Services.AddHostedService<CollectUpkeep>();
        builder.Services.AddHostedService<CartTimer>();
        builder.Services.AddHostedService<PrivacyUpkeep>();
    }

    public void Use(IApplicationBuilder app) => app.Use(AnyOrigin.Handle);

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        CollectRoutes.Map(root);
        StoreRejections.Map(root);
        ServeTracker.Map(root);
        FindCustomers.Map(root);
        ShowCustomer.Map(root);
        ShowTimeline.Map(root);
        ShowEvents.Map(root);
        ShowOverview.Map(root);
        RecordConsent.Map(root);
        ListConsents.Map(root);
        ConfirmConsent.Map(root);
        PreferenceCentre.Map(root);
        ConsentSettings.Map(root);
        ListChanges.Map(root);
        ShowSummary.Map(root);
        ShowQuality.Map(root);
        CartSettings.Map(root);
        ImportRoutes.Map(root);
        CancelImport.Map(root);
        UnmergeCustomers.Map(root);
        PreviewMerge.Map(root);
        EraseCustomer.Map(root);
        ExportCustomer.Map(root);
        ListRequests.Map(root);
    }

    public void AddCommands(Command root) => root.Evaluate().Add(PayloadTable.Command(TimeProvider.System));

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<EmailUnsubscribedConsumer>("customers");
        bus.AddInboxConsumer<ErasureReceiptConsumer>("customers");
        bus.AddInboxConsumer<CustomerExportedConsumer>("customers");
        bus.AddInboxConsumer<EmailsSentConsumer>("customers");
        bus.AddInboxConsumer<TraitDecidedConsumer>("customers");
        bus.AddInboxConsumer<SegmentEnteredConsumer>("customers");
        bus.AddInboxConsumer<SegmentLeftConsumer>("customers");
        bus.AddRawIntake<CustomersDatabase, PlainJsonConsumer>("customers", exchange: "marketing.in");
    }
}
