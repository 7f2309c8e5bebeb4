using System.Globalization;
using System.Text;

namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>One customer: what the shop knows, and what it does not.</summary>
internal sealed class Shopper
{
    public required int Index { get; init; }
    public required string UserId { get; init; }
    public required string AnonymousId { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public required string Email { get; init; }
    public required DateOnly Birthday { get; init; }
    public required string Gender { get; init; }
    public required Place Place { get; init; }
    public required string City { get; init; }

    /// <summary>What stays hidden from the platform and shows through behaviour only.</summary>
    public required Character Character { get; init; }

    public static Shopper Generate(int seed, int index, Chance chance)
    {
        var place = Place.All[chance.Weighted([.. Place.All.Select(candidate => candidate.Weight)])];
        var gender = chance.Weighted([0.56, 0.41, 0.03]) switch
        {
            0 => "female",
            1 => "male",
            _ => "non-binary",
        };
        var first = chance.Pick(gender == "male" || (gender == "non-binary" && chance.Happens(0.5)) ? place.MensNames : place.WomensNames);
        var last = chance.Pick(place.LastNames);

        // Years of birth around 1984, from 1941 to 2006.
        var year = (int)Math.Clamp(1984 + 13 * chance.Normal(), 1941, 2006);
        var birthday = new DateOnly(year, 1, 1).AddDays(chance.Between(0, 364));

        // The number keeps addresses apart, over seeds too: the platform joins customers who share one.
        var number = index + 1 + (seed - 1) * 100_000L;
        var domain = chance.Pick(["example.com", "example.com", "example.org", "example.net"]);
        return new Shopper
        {
            Index = index,
            UserId = string.Create(CultureInfo.InvariantCulture, $"u{seed}-{index + 1:00000}"),
            AnonymousId = string.Create(CultureInfo.InvariantCulture, $"a{seed}-{index + 1:00000}"),
            FirstName = first,
            LastName = last,
            Email = string.Create(CultureInfo.InvariantCulture, $"{Plain(first)}.{Plain(last)}{number}@{domain}"),
            Birthday = birthday,
            Gender = gender,
            Place = place,
            City = chance.Pick(place.Cities),
            Character = Character.Generate(gender, year, chance),
        };
    }

    private static string Plain(string name)
    {
        var plain = new StringBuilder();
        foreach (var letter in name.ToLowerInvariant())
        {
            plain.Append(
                letter switch
                {
                    'ä' => "ae",
                    'ö' => "oe",
                    'ü' => "ue",
                    'á' or 'à' or 'â' => "a",
                    'é' or 'è' or 'ê' or 'ë' => "e",
                    'í' or 'ï' => "i",
                    'ó' => "o",
                    'ú' => "u",
                    'ñ' => "n",
                    'ç' => "c",
                    >= 'a' and <= 'z' => letter.ToString(),
                    _ => "",
                }
            );
        }
        return plain.ToString();
    }
}
