using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Telemetry;
using MarketingPlatform.Segmentation.Customers;
using MarketingPlatform.Segmentation.Segments;
using MassTransit;

namespace MarketingPlatform.Segmentation;

/// <summary>Groups customers: RFM, rule segments, and the events of entering and leaving them.</summary>
public sealed class SegmentationModule : IServiceModule
{
    internal const string ServiceName = "segmentation";

    public string Name => ServiceName;

    public void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddServiceDatabase<SegmentationDatabase>(ServiceName, "segmentation-db");
        builder.AddServiceTelemetry(ServiceName);
        builder.Services.AddOptions<Shop>().BindConfiguration(Shop.Section);
        builder
            .Services.AddOptions<SegmentationOptions>()
            .BindConfiguration(SegmentationOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<EvaluationTelemetry>();
        builder.Services.AddSingleton<SegmentEvaluation>();
        builder.Services.AddHostedService<EvaluationWorker>();
    }

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        ListSegments.Map(root);
        ListMembers.Map(root);
        SegmentSizes.Map(root);
    }

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<CustomerProfileChangedConsumer>(ServiceName);
        bus.AddInboxConsumer<ConsentChangedConsumer>(ServiceName);
        bus.AddInboxConsumer<OrderPlacedConsumer>(ServiceName);
        bus.AddInboxConsumer<OrderRefundedConsumer>(ServiceName);
        bus.AddInboxConsumer<BehaviourBatchConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomersMergedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomersUnmergedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomerErasedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomerExportRequestedConsumer>(ServiceName);
    }
}
