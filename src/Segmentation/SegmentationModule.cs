using System.CommandLine;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Telemetry;
using MarketingPlatform.Segmentation.Channels;
using MarketingPlatform.Segmentation.Customers;
using MarketingPlatform.Segmentation.Fairness;
using MarketingPlatform.Segmentation.Predictions;
using MarketingPlatform.Segmentation.Rfm;
using MarketingPlatform.Segmentation.Rules;
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
        builder.Services.AddSingleton<SegmentRules>();
        builder.Services.AddSingleton<FollowCustomers>();
        builder.Services.AddSingleton<RecomputeSegments>();
        builder.Services.AddSingleton<ShadowRecompute>();
        builder.Services.AddSingleton<TellChannels>();
        builder.Services.AddSingleton<MeasuredChannels>();
        builder.Services.AddHostedService<RuleWorker>();
    }

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        ListSegments.Map(root);
        ListMembers.Map(root);
        SegmentSizes.Map(root);
        ShowSegment.Map(root);
        CreateSegment.Map(root);
        ChangeSegment.Map(root);
        PreviewRule.Map(root);
        ContainsCustomers.Map(root);
        ExplainMembership.Map(root);
        ListShadowRecomputes.Map(root);
        ShowFairness.Map(root);
        ShowChannels.Map(root);
        ShowReach.Map(root);
        ShowRfmGrid.Map(root);
        SegmentSettings.Map(root);
        StorePredictions.Map(root);
        ListPredictions.Map(root);
        ShowScores.Map(root);
    }

    public void AddCommands(Command root)
    {
        root.Evaluate().Add(EvaluateRfmCommand.Create());
        root.Evaluate().Add(EvaluateChannelsCommand.Create());
    }

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<CustomerProfileChangedConsumer>(ServiceName);
        bus.AddInboxConsumer<ConsentChangedConsumer>(ServiceName);
        bus.AddInboxConsumer<OrderPlacedConsumer>(ServiceName);
        bus.AddInboxConsumer<OrderRefundedConsumer>(ServiceName);
        bus.AddInboxConsumer<BehaviourBatchConsumer>(ServiceName);
        bus.AddInboxConsumer<EmailsSentConsumer>(ServiceName);
        bus.AddInboxConsumer<EmailOpenedConsumer>(ServiceName);
        bus.AddInboxConsumer<EmailClickedConsumer>(ServiceName);
        bus.AddInboxConsumer<EmailUnsubscribedConsumer>(ServiceName);
        bus.AddInboxConsumer<ProductChangedConsumer>(ServiceName);
        bus.AddInboxConsumer<ChannelSpendRecordedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomersMergedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomersUnmergedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomerErasedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomerExportRequestedConsumer>(ServiceName);
    }
}
