using System.Security.Claims;
using MarketingPlatform.Console.Users;

namespace MarketingPlatform.Console.SignIn;

/// <summary>A page's cookie is looked at once; a part of it that lives on asks again.</summary>
internal static class LiveSession
{
    /// <summary>Whether who opened the page is still somebody who may: not disabled, not signed out everywhere, of the same role.</summary>
    public static async Task<bool> LastsAsync(ConsoleDatabase database, ClaimsPrincipal held, CancellationToken ct)
    {
        var user = await User.FindAsync(database, held.IdOf(), ct);
        return user is { Disabled: false } && user.Stamp.ToString() == held.FindFirst(ConsoleAuthentication.StampClaim)?.Value;
    }
}
