using System.Text;
using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Customers;

/// <summary>Forms and the file behind what a person may ask: to be told what is kept, and to be forgotten. For administrators.</summary>
internal static class AskPrivacy
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapForm(Paths.Customers + "/{id:guid}/export", ExportAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Admin));
        root.MapForm(Paths.Customers + "/{id:guid}/erasure", EraseAsync).RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Admin));
        root.MapGet(Paths.PrivacyRequests + "/{id:guid}/file", FileAsync)
            .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Admin))
            .ExcludeFromDescription();
    }

    private static Task<IResult> ExportAsync(Guid id, [AsParameters] FormCall call) =>
        AskAsync(id, "export", "The services gather what they keep. The file is here when all have answered.", call);

    private static Task<IResult> EraseAsync(Guid id, [AsParameters] FormCall call) =>
        AskAsync(id, "erasure", "The person is forgotten here at once, and everywhere when all services have answered.", call);

    private static Task<IResult> AskAsync(Guid id, string what, string done, FormCall call) =>
        call.AskAsync(
            Paths.PrivacyRequests,
            ("customer." + what, AuditName.Of(id), "asked for"),
            HttpMethod.Post,
            $"{Routes.Customers}/{id}/{what}",
            null,
            done,
            "Nobody has this id: the person may have been forgotten already."
        );

    private static async Task<IResult> FileAsync(Guid id, [AsParameters] FormCall call)
    {
        var answer = await call.TryAsync<string>(
            ("customer.export-fetched", id.ToString(), "fetched"),
            HttpMethod.Get,
            $"{Routes.Privacy}/requests/{id}/export",
            null
        );
        if (answer.Value is not { } file)
            return call.Refused(Paths.PrivacyRequests, answer.Failure?.Message ?? "There is no such file.");
        call.Context.Response.Headers.CacheControl = "no-store";
        return TypedResults.File(Encoding.UTF8.GetBytes(file), "application/json", $"export-{id}.json");
    }
}
