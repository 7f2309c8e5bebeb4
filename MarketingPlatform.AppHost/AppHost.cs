using System.Net.Http.Headers;
using Aspire.Hosting.ApplicationModel;

// What runs and what it needs: one statement a resource, no logic. The dashboard shows it; src/*/README.md says what each service does.
var builder = DistributedApplication.CreateBuilder(args);

// Keys are made on the first start and kept in the user secrets of this project. Give your own as Parameters__admin-key and so on.
var collectKey = builder.AddParameter("collect-key", NewKey(), secret: true, persist: true);
var readKey = builder.AddParameter("read-key", NewKey(), secret: true, persist: true);
var writeKey = builder.AddParameter("write-key", NewKey(), secret: true, persist: true);
var adminKey = builder.AddParameter("admin-key", NewKey(), secret: true, persist: true);
var servicesKey = builder.AddParameter("services-key", NewKey(), secret: true, persist: true);
var consoleKey = builder.AddParameter("console-key", NewKey(), secret: true, persist: true);

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var gatewayDb = postgres.AddDatabase("gateway-db");
var customersDb = postgres.AddDatabase("customers-db");
var segmentationDb = postgres.AddDatabase("segmentation-db");
var recommendationDb = postgres.AddDatabase("recommendation-db");
var emailDb = postgres.AddDatabase("email-db");
var chatbotDb = postgres.AddDatabase("chatbot-db");
var adsDb = postgres.AddDatabase("ads-db");
var consoleDb = postgres.AddDatabase("console-db");

var rabbitmq = builder.AddRabbitMQ("rabbitmq").WithDataVolume().WithManagementPlugin();

var mailpit = builder
    .AddContainer("mailpit", "axllent/mailpit", "v1.22.3")
    .WithHttpEndpoint(targetPort: 8025, name: "http")
    .WithEndpoint(targetPort: 1025, name: "smtp")
    .WithUrlForEndpoint("http", url => url.DisplayText = "Mails")
    .WithHttpHealthCheck("/readyz");

// Services have no launch profile, so each states its endpoint; without it there would be no address to reference or to probe.
var gateway = builder
    .AddProject<Projects.MarketingPlatform_Gateway>("gateway")
    .WithHttpEndpoint(port: 8080)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => url.DisplayText = "Console and public door")
    .WithReference(gatewayDb)
    .WaitFor(gatewayDb)
    .WithReference(rabbitmq)
    .WaitFor(rabbitmq)
    .WithEnvironment("Services__Key", servicesKey)
    .WithEnvironment("Services__ConsoleKey", consoleKey)
    .WithEnvironment("Gateway__SeedKeys__collect", collectKey)
    .WithEnvironment("Gateway__SeedKeys__read", readKey)
    .WithEnvironment("Gateway__SeedKeys__write", writeKey)
    .WithEnvironment("Gateway__SeedKeys__admin", adminKey)
    .WithHttpCommand("/api/v1/operations/gateway/messages/replay", "Replay parked messages", "http", "replay", With(adminKey));

var recommendation = builder
    .AddProject<Projects.MarketingPlatform_Recommendation>("recommendation")
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithReference(recommendationDb)
    .WaitFor(recommendationDb)
    .WithReference(rabbitmq)
    .WaitFor(rabbitmq)
    .WithReference(gateway)
    .WithEnvironment("Services__Key", servicesKey)
    .WithHttpCommand("/api/v1/recommendations/train", "Retrain", Door, "retrain", With(writeKey))
    .WithHttpCommand("/api/v1/operations/recommendation/messages/replay", "Replay parked messages", Door, "replay", With(adminKey));

var segmentation = builder
    .AddProject<Projects.MarketingPlatform_Segmentation>("segmentation")
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithReference(segmentationDb)
    .WaitFor(segmentationDb)
    .WithReference(rabbitmq)
    .WaitFor(rabbitmq)
    .WithReference(gateway)
    .WithEnvironment("Services__Key", servicesKey)
    .WithHttpCommand("/api/v1/operations/segmentation/messages/replay", "Replay parked messages", Door, "replay", With(adminKey));

var customers = builder
    .AddProject<Projects.MarketingPlatform_Customers>("customers")
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithReference(customersDb)
    .WaitFor(customersDb)
    .WithReference(rabbitmq)
    .WaitFor(rabbitmq)
    .WithReference(gateway)
    .WithReference(recommendation)
    .WithReference(segmentation)
    .WithEnvironment("Services__Key", servicesKey)
    .WithHttpCommand("/api/v1/operations/customers/messages/replay", "Replay parked messages", Door, "replay", With(adminKey));

var email = builder
    .AddProject<Projects.MarketingPlatform_Email>("email")
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithReference(emailDb)
    .WaitFor(emailDb)
    .WithReference(rabbitmq)
    .WaitFor(rabbitmq)
    .WaitFor(mailpit)
    .WithReference(gateway)
    .WithReference(customers)
    .WithReference(recommendation)
    .WithReference(segmentation)
    .WithEnvironment("Services__Key", servicesKey)
    .WithEnvironment("Shop__PublicUrl", gateway.GetEndpoint("http"))
    .WithEnvironment("Email__Smtp__Host", ReferenceExpression.Create($"{mailpit.GetEndpoint("smtp").Property(EndpointProperty.Host)}"))
    .WithEnvironment("Email__Smtp__Port", ReferenceExpression.Create($"{mailpit.GetEndpoint("smtp").Property(EndpointProperty.Port)}"))
    .WithHttpCommand("/api/v1/operations/email/messages/replay", "Replay parked messages", Door, "replay", With(adminKey));

var chatbot = builder
    .AddProject<Projects.MarketingPlatform_Chatbot>("chatbot")
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithReference(chatbotDb)
    .WaitFor(chatbotDb)
    .WithReference(rabbitmq)
    .WaitFor(rabbitmq)
    .WithReference(gateway)
    .WithReference(customers)
    .WithReference(email)
    .WithReference(recommendation)
    .WithEnvironment("Services__Key", servicesKey)
    .WithHttpCommand("/api/v1/chat/train", "Retrain", Door, "retrain", With(writeKey))
    .WithHttpCommand("/api/v1/operations/chatbot/messages/replay", "Replay parked messages", Door, "replay", With(adminKey));

var ads = builder
    .AddProject<Projects.MarketingPlatform_AdOptimization>("ads")
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithReference(adsDb)
    .WaitFor(adsDb)
    .WithReference(rabbitmq)
    .WaitFor(rabbitmq)
    .WithReference(gateway)
    .WithReference(segmentation)
    .WithEnvironment("Services__Key", servicesKey)
    .WithHttpCommand("/api/v1/operations/ads/messages/replay", "Replay parked messages", Door, "replay", With(adminKey));

// Its pages are at the front page of the public door; the first start prints the password of 'admin' in its log.
var console = builder
    .AddProject<Projects.MarketingPlatform_Console>("console")
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithReference(consoleDb)
    .WaitFor(consoleDb)
    .WithReference(rabbitmq)
    .WaitFor(rabbitmq)
    .WithReference(gateway)
    .WithEnvironment("Services__Key", servicesKey)
    .WithEnvironment("Services__ConsoleKey", consoleKey)
    .WithEnvironment("Shop__PublicUrl", gateway.GetEndpoint("http"))
    .WithHttpCommand("/api/v1/operations/console/messages/replay", "Replay parked messages", Door, "replay", With(adminKey));

// The door leads to every service; it waits for none of them, and says so where one is away.
gateway
    .WithReference(customers)
    .WithReference(segmentation)
    .WithReference(recommendation)
    .WithReference(email)
    .WithReference(chatbot)
    .WithReference(ads)
    .WithReference(console);

// "Load demo data": start this resource in the dashboard. It feeds two years of a shop through the public door and ends.
builder
    .AddProject<Projects.MarketingPlatform_Cli>("demo")
    .WithArgs("demo", "--port", gateway.GetEndpoint("http").Property(EndpointProperty.Port))
    .WithEnvironment("MARKETING_KEY_COLLECT", collectKey)
    .WithEnvironment("MARKETING_KEY_READ", readKey)
    .WithEnvironment("MARKETING_KEY_WRITE", writeKey)
    .WithEnvironment("MARKETING_KEY_ADMIN", adminKey)
    .WaitFor(gateway)
    .WithExplicitStart()
    .ExcludeFromManifest();

builder.Build().Run();

// 48 letters and digits: more than 256 bits, and nothing that a connection string, a header or a shell would read as its own.
static GenerateParameterDefault NewKey() => new() { MinLength = 48, Special = false };

// Commands go through the public door, as any caller's requests do: it checks the key and knows the way.
EndpointReference Door() => gateway!.GetEndpoint("http");

static HttpCommandOptions With(IResourceBuilder<ParameterResource> key) =>
    new()
    {
        PrepareRequest = async request =>
            request.Request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                await key.Resource.GetValueAsync(request.CancellationToken)
            ),
    };
