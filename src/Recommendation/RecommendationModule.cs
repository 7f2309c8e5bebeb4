using System.CommandLine;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Telemetry;
using MarketingPlatform.Recommendation.Behaviour;
using MarketingPlatform.Recommendation.Catalogue;
using MarketingPlatform.Recommendation.Evaluation;
using MarketingPlatform.Recommendation.Feeds;
using MarketingPlatform.Recommendation.Measurement;
using MarketingPlatform.Recommendation.Models;
using MarketingPlatform.Recommendation.Models.Purposes;
using MarketingPlatform.Recommendation.Placements;
using MarketingPlatform.Recommendation.Serving;
using MarketingPlatform.Recommendation.Trends;
using MassTransit;

namespace MarketingPlatform.Recommendation;

/// <summary>The service that knows the catalogue and what to show whom, and why.</summary>
public sealed class RecommendationModule : IServiceModule
{
    internal const string Service = "recommendation";

    public string Name => Service;

    public void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddServiceDatabase<RecommendationDatabase>(Service, "recommendation-db");
        builder.AddServiceTelemetry(Service);
        builder.Services.AddOptions<Shop>().BindConfiguration(Shop.Section);
        builder
            .Services.AddOptions<RecommendationOptions>()
            .BindConfiguration(RecommendationOptions.Section)
            .ValidateDataAnnotations()
            .Validate(
                o => o.CheckEvery > TimeSpan.Zero && o.CheckEvery <= TimeSpan.FromHours(1),
                "Recommendation:CheckEvery must be above 0 and at most 1 hour."
            )
            .ValidateOnStart();
        builder.Services.AddSingleton<ServingModel>().AddSingleton<TrainModel>().AddSingleton<GetRecommendations>();
        builder
            .Services.AddSingleton<LiveCatalogue>()
            .AddSingleton<HistoryReader>()
            .AddSingleton<PlacementBook>()
            .AddSingleton<TrendBook>()
            .AddSingleton<ComputeTrends>()
            .AddSingleton<BasketPairs>()
            .AddSingleton<OtherModels>()
            .AddSingleton<TrainPurposes>()
            .AddSingleton<ServingStates>()
            .AddSingleton<ExperimentBook>()
            .AddSingleton<DecisionLog>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DecisionLog>());
        builder.Services.AddHostedService<ServingWorker>();
        builder.Services.AddHostedService<TrainingWorker>();
    }

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        UpsertProducts.Map(root);
        ListProducts.Map(root);
        RemoveProduct.Map(root);
        ImportFeed.Map(root);
        WriteFeeds.Map(root);
        GetRecommendations.Map(root);
        BatchRecommendations.Map(root);
        ManagePlacements.Map(root);
        RecordEvents.Map(root);
        ShowReport.Map(root);
        ManageExperiments.Map(root);
        AnalyseExperiment.Map(root);
        ListDecisions.Map(root);
        EstimateModel.Map(root);
        RequestTraining.Map(root);
        ListModels.Map(root);
        SwitchModel.Map(root);
        TrainingProgress.Map(root);
    }

    public void AddCommands(Command root) => root.Evaluate().Add(EvaluateRecommenderCommand.Create(TimeProvider.System));

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<OrderPlacedConsumer>(Service);
        bus.AddInboxConsumer<OrderRefundedConsumer>(Service);
        bus.AddInboxConsumer<BehaviourBatchConsumer>(Service);
        bus.AddInboxConsumer<ConsentChangedConsumer>(Service);
        bus.AddInboxConsumer<CustomersMergedConsumer>(Service);
        bus.AddInboxConsumer<CustomersUnmergedConsumer>(Service);
        bus.AddInboxConsumer<CustomerErasedConsumer>(Service);
        bus.AddInboxConsumer<SegmentEnteredConsumer>(Service);
        bus.AddInboxConsumer<SegmentLeftConsumer>(Service);
        bus.AddInboxConsumer<CustomerExportRequestedConsumer>(Service);
    }
}
