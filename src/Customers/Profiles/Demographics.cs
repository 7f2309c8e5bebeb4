using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>The traits that the platform itself reads, under the names that shops use for them.</summary>
internal sealed record Demographics(
    string? Email,
    string? FirstName,
    string? LastName,
    int? Age,
    string? Gender,
    string? Country,
    string? City,
    string? Language,
    string? TimeZone,
    DateOnly? Born = null
)
{
    private const int MaxLength = 200;

    private static readonly HashSet<string> Names =
    [
        .. new[] { "email", "phone", "name", "firstName", "first_name", "lastName", "last_name", "birthday", "birthDate", "birth_date" },
        .. new[] { "age", "gender", "address", "country", "region", "state", "city", "postalCode", "postal_code", "zip" },
        .. new[] { "language", "locale", "timezone", "timeZone", "time_zone" },
    ];

    /// <returns>Whether the platform reads the trait itself.</returns>
    public static bool Reads(string trait) => Names.Contains(trait);

    public static Demographics Read(IReadOnlyDictionary<string, Trait> traits, DateTimeOffset now)
    {
        var name = Text(traits, "name")?.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new Demographics(
            Address(Text(traits, "email")),
            Text(traits, "firstName", "first_name") ?? name?.ElementAtOrDefault(0),
            Text(traits, "lastName", "last_name") ?? name?.ElementAtOrDefault(1),
            AgeAt(BirthDate(traits), now) ?? Number(traits, "age"),
            Text(traits, "gender")?.ToLowerInvariant(),
            Text(traits, "country") ?? Part(traits, "address", "country"),
            Text(traits, "city") ?? Part(traits, "address", "city"),
            Text(traits, "language", "locale"),
            Text(traits, "timezone", "timeZone", "time_zone"),
            BirthDate(traits)
        );
    }

    public CustomerProfileChanged ToEvent(Profile profile, DateTimeOffset at) =>
        new(
            profile.Id,
            profile.Version,
            profile.UserId,
            Email,
            FirstName,
            LastName,
            Age,
            Gender,
            Country,
            City,
            Language,
            TimeZone,
            profile.FirstSeenAt,
            at,
            Born
        );

    internal static string? Address(string? email) =>
        email is not null && System.Net.Mail.MailAddress.TryCreate(email, out var address) && address.Address == email
            ? email.ToLowerInvariant()
            : null;

    /// <returns>Null where there is none, or none that a living person can have.</returns>
    public static DateOnly? BirthDate(IReadOnlyDictionary<string, Trait> traits) =>
        DateTimeOffset.TryParse(
            Text(traits, "birthday", "birthDate", "birth_date"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var born
        )
            ? DateOnly.FromDateTime(born.UtcDateTime)
            : null;

    /// <summary>A part of where a customer lives: as a trait of its own, or of the trait <c>address</c>.</summary>
    public static string? Place(IReadOnlyDictionary<string, Trait> traits, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if ((Text(traits, name) ?? Part(traits, "address", name)) is { } place)
                return place;
        return null;
    }

    private static int? AgeAt(DateOnly? birthDate, DateTimeOffset now)
    {
        if (birthDate is not { } birthday)
            return null;
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var years = today.Year - birthday.Year - (today < birthday.AddYears(today.Year - birthday.Year) ? 1 : 0);
        return Plausible(years);
    }

    private static int? Number(IReadOnlyDictionary<string, Trait> traits, string name) =>
        traits.TryGetValue(name, out var trait)
        && (
            trait.V.ValueKind == JsonValueKind.Number && trait.V.TryGetDouble(out var number)
            // Forms send texts.
            || trait.V.ValueKind == JsonValueKind.String
                && double.TryParse(trait.V.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
        )
            ? Plausible(number)
            : null;

    private static int? Plausible(double years) => years is >= 0 and <= 130 ? (int)years : null;

    private static string? Text(IReadOnlyDictionary<string, Trait> traits, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (traits.TryGetValue(name, out var trait) && Clean(trait.V) is { } text)
                return text;
        return null;
    }

    private static string? Part(IReadOnlyDictionary<string, Trait> traits, string name, string part) =>
        traits.TryGetValue(name, out var trait) && trait.V.ValueKind == JsonValueKind.Object && trait.V.TryGetProperty(part, out var value)
            ? Clean(value)
            : null;

    private static string? Clean(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return null;
        var text = value.GetString()!.Trim();
        return text.Length is 0 or > MaxLength ? null : text;
    }
}
