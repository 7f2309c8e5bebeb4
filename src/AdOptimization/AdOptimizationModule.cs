using System.CommandLine;
using MarketingPlatform.AdOptimization.Audiences;
using MarketingPlatform.AdOptimization.Budget;
using MarketingPlatform.AdOptimization.Budget.Optimum;
using MarketingPlatform.AdOptimization.Budget.Periods;
using MarketingPlatform.AdOptimization.Budget.Reallocation;
using MarketingPlatform.AdOptimization.Budget.Simulation;
using MarketingPlatform.AdOptimization.Creatives;
using MarketingPlatform.AdOptimization.Incrementality;
using MarketingPlatform.AdOptimization.Performance;
using MarketingPlatform.AdOptimization.Response;
using MarketingPlatform.AdOptimization.Traffic;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Telemetry;
using MassTransit;

namespace MarketingPlatform.AdOptimization;

/// <summary>Puts the advertising money where it returns most: performance in, daily budgets and audiences out.</summary>
public sealed class AdOptimizationModule : IServiceModule
{
    internal const string ServiceName = "ads";

    public string Name => ServiceName;

    public void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddServiceDatabase<AdsDatabase>(ServiceName, "ads-db");
        builder.AddServiceTelemetry(ServiceName);
        builder.Services.AddOptions<Shop>().BindConfiguration(Shop.Section);
        builder.Services.AddOptions<AdsOptions>().BindConfiguration(AdsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<AdsTelemetry>().AddSingleton<ShopDay>().AddSingleton<AbandonedCartAudience>();
        builder.Services.AddSingleton<NamedAudiences>().AddSingleton<AdReports>();
        builder.AddServiceClient<SegmentClient>("segmentation").AddStandardResilienceHandler();
        builder
            .Services.AddSingleton<AnalyseAudienceHoldOuts>()
            .AddHostedService(services => services.GetRequiredService<AnalyseAudienceHoldOuts>());
        builder.Services.AddSingleton<ResponseWorker>().AddHostedService(services => services.GetRequiredService<ResponseWorker>());
    }

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        RecordPerformance.Map(root);
        ListPerformance.Map(root);
        ListParts.Map(root);
        DecideHeld.Map(root);
        CreateCreativeTest.Map(root);
        ListCreativeTests.Map(root);
        SteerCreativeTest.Map(root);
        AllocateBudget.Map(root);
        ListAllocations.Map(root);
        SteerPeriods.Map(root);
        ListPeriods.Map(root);
        WhatIf.Map(root);
        ShowPacing.Map(root);
        LearnResponse.Map(root);
        ShowTraffic.Map(root);
        ShowAttribution.Map(root);
        PlanHoldOut.Map(root);
        RecordHoldOutDays.Map(root);
        PlanAudienceHoldOut.Map(root);
        ListAudienceHoldOuts.Map(root);
        AnalyseAudienceHoldOuts.Map(root);
        ListAudiences.Map(root);
        ListAudienceMembers.Map(root);
    }

    public void AddCommands(Command root)
    {
        root.Evaluate().Add(EvaluateBudgetCommand.Create());
        root.Evaluate().Add(EvaluateAdsCommand.Create());
        root.Evaluate().Add(EvaluateAllocationCommand.Create());
        root.Evaluate().Add(EvaluateResponseCommand.Create());
        root.Evaluate().Add(EvaluateRecoveryCommand.Create());
        root.Bench().Add(BudgetBenchCommand.Create());
    }

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<CartAbandonedConsumer>(ServiceName);
        bus.AddInboxConsumer<ChannelEffectivenessMeasuredConsumer>(ServiceName);
        bus.AddInboxConsumer<BehaviourBatchConsumer>(ServiceName);
        bus.AddInboxConsumer<OrderPlacedConsumer>(ServiceName);
        bus.AddInboxConsumer<ConsentChangedConsumer>(ServiceName);
        bus.AddInboxConsumer<AudienceMembershipDecidedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomersMergedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomersUnmergedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomerErasedConsumer>(ServiceName);
        bus.AddInboxConsumer<CustomerExportRequestedConsumer>(ServiceName);
    }
}
