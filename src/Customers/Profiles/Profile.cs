using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Customers.Profiles;

/// <summary>A trait's value and the time of the event that set it.</summary>
internal sealed record Trait(JsonElement V, DateTimeOffset At);

/// <summary>Who a customer is: the fold of all that was said of this person, in any order of arrival. No I/O.</summary>
internal sealed record Profile(
    Guid Id,
    long Version,
    string? UserId,
    IReadOnlyDictionary<string, Trait> Traits,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset LastSeenAt
)
{
    public static Profile New(Guid id, DateTimeOffset at) => new(id, 0, null, new Dictionary<string, Trait>(), at, at);

    /// <summary>Somebody was seen: moves the first and last times.</summary>
    public Profile SeenAt(DateTimeOffset at) =>
        this with
        {
            FirstSeenAt = at < FirstSeenAt ? at : FirstSeenAt,
            LastSeenAt = at > LastSeenAt ? at : LastSeenAt,
        };

    /// <summary>Takes each trait whose event is newer than the one that set it; of two at the same time the greater text wins, whatever came first.</summary>
    public Profile With(JsonElement traits, DateTimeOffset at)
    {
        var merged = new Dictionary<string, Trait>(Traits);
        foreach (var property in traits.EnumerateObject())
            Take(merged, property.Name, new Trait(property.Value, at));
        return this with { Traits = merged };
    }

    /// <summary>Folds another profile of the same person in.</summary>
    public Profile With(Profile other)
    {
        var merged = new Dictionary<string, Trait>(Traits);
        foreach (var (name, trait) in other.Traits)
            Take(merged, name, trait);
        return (this with { Traits = merged, UserId = UserId ?? other.UserId }).SeenAt(other.FirstSeenAt).SeenAt(other.LastSeenAt);
    }

    private static void Take(Dictionary<string, Trait> traits, string name, Trait candidate)
    {
        if (
            !traits.TryGetValue(name, out var held)
            || candidate.At > held.At
            || (candidate.At == held.At && string.CompareOrdinal(Weight(candidate.V), Weight(held.V)) > 0)
        )
            traits[name] = candidate;
    }

    /// <summary>A text weighs the same however its letters were escaped on the wire: the database writes them out.</summary>
    private static string Weight(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}

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
        traits.TryGetValue(name, out var trait) && trait.V.ValueKind == JsonValueKind.Number && trait.V.TryGetDouble(out var number)
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
