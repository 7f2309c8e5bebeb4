using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.SignIn;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Customers;

/// <summary><c>POST /console/customers/{id}/unmerge/{from}</c>: undoes a merge.</summary>
internal static class UnmergeCustomer
{
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(Paths.Customers + "/{id:guid}/unmerge/{from:guid}", HandleAsync)
            .RequireAuthorization(ConsoleAuthentication.PolicyOf(Role.Marketer));

    private static Task<IResult> HandleAsync(Guid id, Guid from, [AsParameters] FormCall call) =>
        call.AskAsync(
            $"{Paths.Customers}/{id}",
            ("customer.unmerge", AuditName.Of(from), $"was part of {AuditName.Of(id)}"),
            HttpMethod.Post,
            $"{Routes.Customers}/{from}/unmerge",
            null,
            "The two are customers of their own again.",
            "These two are not one any more: nothing was changed."
        );
}
