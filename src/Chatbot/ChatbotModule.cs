using System.CommandLine;
using MarketingPlatform.Chatbot.Catalogue;
using MarketingPlatform.Chatbot.Conversations;
using MarketingPlatform.Chatbot.Dialogue;
using MarketingPlatform.Chatbot.Handoff;
using MarketingPlatform.Chatbot.Knowledge;
using MarketingPlatform.Chatbot.Orders;
using MarketingPlatform.Chatbot.People;
using MarketingPlatform.Chatbot.Quality;
using MarketingPlatform.Chatbot.SignIn;
using MarketingPlatform.Chatbot.Understanding;
using MarketingPlatform.Chatbot.Understanding.Evaluation;
using MarketingPlatform.Chatbot.Widget;
using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Telemetry;
using MassTransit;

namespace MarketingPlatform.Chatbot;

/// <summary>The service that answers visitors: it understands what they want, and says so when it does not.</summary>
public sealed class ChatbotModule : IServiceModule
{
    internal const string Service = "chatbot";

    public string Name => Service;

    public void AddServices(IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddServiceDatabase<ChatbotDatabase>(Service, "chatbot-db").AddServiceTelemetry(Service);
        var services = builder.Services;
        services.AddOptions<Shop>().BindConfiguration(Shop.Section);
        services
            .AddOptions<ChatbotOptions>()
            .BindConfiguration(ChatbotOptions.Section)
            .ValidateDataAnnotations()
            .Validate(
                o => o.CheckEvery > TimeSpan.Zero && o.CheckEvery <= TimeSpan.FromHours(1),
                "Chatbot:CheckEvery must be above 0 and at most 1 hour."
            )
            .Validate(
                o => o.WaitForModel >= TimeSpan.Zero && o.WaitForModel <= TimeSpan.FromMinutes(1),
                "Chatbot:WaitForModel must be from 0 to 1 minute."
            )
            .ValidateOnStart();
        services.AddSingleton<ServingModel>().AddSingleton<MessageReader>().AddSingleton<KnowledgeBase>().AddSingleton<Conversation>();
        services.AddSingleton<ScriptStore>().AddHostedService<ForgetStrangers>();
        services.AddVisitLimits();
        builder.AddSignIn();
        builder.AddHandoff();
        builder.AddServiceClient<RecommendationClient>("recommendation");
        services.AddSingleton<TrainingWorker>().AddHostedService(provider => provider.GetRequiredService<TrainingWorker>());
    }

    public void Use(IApplicationBuilder app) => app.Use(AnyOrigin.Handle);

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        PostMessage.Map(root);
        GetConversation.Map(root);
        ListConversations.Map(root);
        ScriptApi.Map(root);
        ShowSecrets.Map(root);
        ListInbox.Map(root);
        AgentActions.Map(root);
        ShowOverview.Map(root);
        ServeWidget.Map(root);
        Visits.Map(root);
        PostVisitorMessage.Map(root);
        FollowVisit.Map(root);
        RequestTraining.Map(root);
        ListModels.Map(root);
    }

    public void AddCommands(Command root) => root.Evaluate().Add(EvaluateIntentsCommand.Create());

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<OrderPlacedConsumer>(Service);
        bus.AddInboxConsumer<OrderRefundedConsumer>(Service);
        bus.AddInboxConsumer<ProductChangedConsumer>(Service);
        bus.AddInboxConsumer<CustomersMergedConsumer>(Service);
        bus.AddInboxConsumer<CustomersUnmergedConsumer>(Service);
        bus.AddInboxConsumer<CustomerErasedConsumer>(Service);
        bus.AddInboxConsumer<CustomerExportRequestedConsumer>(Service);
    }
}
