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
using MarketingPlatform.Chatbot.Understanding.Classifier;
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
using Microsoft.Extensions.Options;

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
            .Validate(
                o => o.Languages.All(Languages.Known.ContainsKey),
                $"Chatbot:Languages must be of {string.Join(", ", Languages.Known.Keys)}."
            )
            .ValidateOnStart();
        services
            .AddOptions<AnswererOptions>()
            .BindConfiguration(AnswererOptions.Section)
            .Validate(
                o => !o.IsOn || (Uri.TryCreate(o.Endpoint, UriKind.Absolute, out _) && o.Model.Length > 0),
                "Chatbot:Answerer:Endpoint must be an absolute address, and Chatbot:Answerer:Model must name the model."
            )
            .Validate(
                o => o.Timeout > TimeSpan.Zero && o.TokensPerDay >= 0 && o.AnswerTokens > 0,
                "Chatbot:Answerer: Timeout and AnswerTokens must be above 0, TokensPerDay not below it."
            )
            .ValidateOnStart();
        services.AddSingleton<Answerer>();
        var encoder = builder.Configuration.GetSection(EncoderOptions.Section).Get<EncoderOptions>() ?? new EncoderOptions();
        if (encoder.IsOn)
            services.AddSingleton<ISentenceEncoder>(_ => new OnnxSentenceEncoder(encoder));
        services
            .AddHttpClient<Sitemap>(Sitemap.Client, http => http.Timeout = TimeSpan.FromSeconds(20))
            .ConfigurePrimaryHttpMessageHandler(provider =>
                Sitemap.Handler(provider.GetRequiredService<IOptions<ChatbotOptions>>().Value.PrivateSitemaps)
            );
        services.AddSingleton(provider =>
            provider.GetRequiredService<IOptions<ChatbotOptions>>().Value.Languages is { Count: > 0 } set
                ? new Languages(set)
                : new Languages(["en", "de", "fr"])
        );
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
        ArticlesApi.Map(root);
    }

    public void AddCommands(Command root)
    {
        root.Evaluate().Add(EvaluateIntentsCommand.Create());
        root.Bench().Add(BenchChatCommand.Create());
    }

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<ChatHandoffRequestedConsumer>(Service);
        bus.AddInboxConsumer<OrderPlacedConsumer>(Service);
        bus.AddInboxConsumer<OrderRefundedConsumer>(Service);
        bus.AddInboxConsumer<ProductChangedConsumer>(Service);
        bus.AddInboxConsumer<CustomersMergedConsumer>(Service);
        bus.AddInboxConsumer<CustomersUnmergedConsumer>(Service);
        bus.AddInboxConsumer<CustomerErasedConsumer>(Service);
        bus.AddInboxConsumer<CustomerExportRequestedConsumer>(Service);
    }
}
