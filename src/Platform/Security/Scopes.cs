using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace MarketingPlatform.Platform.Security;

/// <summary>What a key may do. Admin includes write and collect; write includes read. Collect may only send events: it is public in web pages.</summary>
public enum Scope
{
    Collect,
    Read,
    Write,
    Admin,
}

public static class Scopes
{
    /// <summary>Lets only callers through whose token grants <paramref name="scope"/>.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, Scope scope)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(PolicyOf(scope));

    /// <summary>The name of a scope in keys and tokens.</summary>
    public static string NameOf(Scope scope) => scope.ToString().ToLowerInvariant();

    /// <summary>Reads a name as <see cref="NameOf"/> writes it, in any case; neither numbers nor several at once.</summary>
    public static bool TryParse(string? name, out Scope scope)
    {
        foreach (var known in Enum.GetValues<Scope>())
            if (NameOf(known).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                scope = known;
                return true;
            }
        scope = default;
        return false;
    }

    /// <returns>Whether a caller with the scopes <paramref name="granted"/> may do what asks for <paramref name="asked"/>.</returns>
    public static bool Grants(IEnumerable<Scope> granted, Scope asked) =>
        granted.Any(scope => scope == asked || scope == Scope.Admin || (scope == Scope.Write && asked == Scope.Read));

    /// <returns>Whether the caller's token grants <paramref name="scope"/>.</returns>
    public static bool May(this System.Security.Claims.ClaimsPrincipal caller, Scope scope) => Grants(GrantedTo(caller), scope);

    internal static string PolicyOf(Scope scope) => "scope:" + NameOf(scope);

    internal static void AddScopePolicies(this AuthorizationOptions options)
    {
        foreach (var scope in Enum.GetValues<Scope>())
            options.AddPolicy(
                PolicyOf(scope),
                policy => policy.RequireAssertion(context => context.User.May(scope)).RequireAuthenticatedUser()
            );
    }

    private static IEnumerable<Scope> GrantedTo(System.Security.Claims.ClaimsPrincipal user) =>
        user.FindAll(TokenClaims.Scope)
            .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(name => TryParse(name, out var scope) ? scope : (Scope?)null)
            .OfType<Scope>();
}

/// <summary>The claims of our tokens.</summary>
public static class TokenClaims
{
    public const string Issuer = "marketing-platform";

    /// <summary>Id of the API key that the token was made from.</summary>
    public const string Key = "sub";

    /// <summary>Space-separated scopes.</summary>
    public const string Scope = "scope";
}
