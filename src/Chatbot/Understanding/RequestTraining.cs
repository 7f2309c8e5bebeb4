using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>
/// <c>POST /api/v1/chat/train</c>: a training starts at once in the background; its result appears in the list of models. A process that
/// dies before it is done forgets the request. <c>GET</c> on the same path tells how far the training of the answering instance is.
/// </summary>
internal static class RequestTraining
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Chat + "/train", Handle).RequireScope(Scope.Write).WithName("RequestChatTraining");
        root.MapGet(Routes.Chat + "/train", State).RequireScope(Scope.Read).WithName("GetChatTraining");
    }

    private static Ok<TrainingState> State(TrainingWorker worker) => TypedResults.Ok(worker.State);

    private static Accepted Handle(TrainingWorker worker)
    {
        worker.Request();
        return TypedResults.Accepted(Routes.Chat + "/models");
    }
}
