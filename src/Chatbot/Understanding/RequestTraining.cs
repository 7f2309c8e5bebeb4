using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>
/// <c>POST /api/v1/chat/train</c>: a training starts at once in the background; its result appears in the list of models. A process that
/// dies before it is done forgets the request.
/// </summary>
internal static class RequestTraining
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Chat + "/train", Handle).RequireScope(Scope.Write).WithName("RequestChatTraining");

    private static Accepted Handle(TrainingWorker worker)
    {
        worker.Request();
        return TypedResults.Accepted(Routes.Chat + "/models");
    }
}
