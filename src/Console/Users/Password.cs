using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace MarketingPlatform.Console.Users;

/// <summary>Passwords as ASP.NET Core Identity keeps them: salted, stretched, with their own parameters (PBKDF2, HMAC-SHA512).</summary>
internal static class Password
{
    public const int MinLength = 12;
    public const int MaxLength = 200;
    public const string Rule = "Use 12 characters or more; a few words in a row are easy to remember.";

    // No letters or digits that look alike.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int MadeLength = 20;

    private static readonly PasswordHasher<object> Hasher = new();
    private static readonly object Nobody = new();

    /// <summary>Verified in place of a hash that is not there, so that an unknown name takes as long as a known one.</summary>
    private static readonly string HashOfNobody = Hash(Create());

    public static string Create() => RandomNumberGenerator.GetString(Alphabet, MadeLength);

    public static string Hash(string password) => Hasher.HashPassword(Nobody, password);

    public static bool Verify(string? hash, string password)
    {
        var right = Hasher.VerifyHashedPassword(Nobody, hash ?? HashOfNobody, password) != PasswordVerificationResult.Failed;
        return right && hash is not null;
    }

    public static bool IsAcceptable(string? password) => password?.Length is >= MinLength and <= MaxLength;
}
