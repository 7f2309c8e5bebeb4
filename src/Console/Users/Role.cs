using System.Security.Claims;
using MarketingPlatform.Platform.Security;

namespace MarketingPlatform.Console.Users;

/// <summary>What somebody may do here. Each role may also do what those before it may.</summary>
internal enum Role
{
    Viewer,
    Marketer,
    Admin,
}

internal static class Roles
{
    public static string NameOf(Role role) => role.ToString().ToLowerInvariant();

    public static Role? Parse(string? name) =>
        Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => NameOf(role!.Value).Equals(name, StringComparison.Ordinal));

    /// <summary>The scope that calls of somebody in this role carry: a viewer's page cannot change anything, whatever is on it.</summary>
    public static Scope ScopeOf(Role role) =>
        role switch
        {
            Role.Admin => Scope.Admin,
            Role.Marketer => Scope.Write,
            _ => Scope.Read,
        };

    /// <returns>The role of who is signed in; null for a stranger.</returns>
    public static Role? RoleOf(this ClaimsPrincipal user) => Parse(user.FindFirst(ClaimTypes.Role)?.Value);

    public static bool Is(this ClaimsPrincipal user, Role atLeast) => user.RoleOf() >= atLeast;

    public static string NameOfUser(this ClaimsPrincipal user) => user.Identity?.Name ?? "";

    public static Guid IdOf(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirst(ClaimTypes.NameIdentifier)?.Value, out var id) ? id : Guid.Empty;
}
