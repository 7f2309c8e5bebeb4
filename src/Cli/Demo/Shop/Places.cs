namespace MarketingPlatform.Cli.Demo.Shop;

/// <summary>Where customers live and what they are called there.</summary>
/// <param name="Weight">Share of the shop's customers, relative.</param>
/// <param name="UtcOffset">Hours; summer time is left out.</param>
internal sealed record Place(
    string Country,
    string Language,
    string TimeZone,
    int UtcOffset,
    double Weight,
    string[] Cities,
    string[] WomensNames,
    string[] MensNames,
    string[] LastNames
)
{
    public static readonly IReadOnlyList<Place> All =
    [
        new(
            "GB",
            "en-GB",
            "Europe/London",
            0,
            0.30,
            ["London", "Leeds", "Bristol", "Glasgow", "Manchester", "Norwich"],
            ["Olivia", "Amelia", "Emily", "Grace", "Sophie", "Hannah", "Charlotte", "Lucy", "Margaret", "Susan"],
            ["Oliver", "George", "Harry", "James", "Thomas", "Daniel", "Samuel", "David", "Peter", "Ian"],
            ["Smith", "Jones", "Taylor", "Brown", "Wilson", "Evans", "Walker", "Wright", "Hughes", "Clarke", "Patel", "Khan"]
        ),
        new(
            "DE",
            "de-DE",
            "Europe/Berlin",
            1,
            0.24,
            ["Berlin", "Hamburg", "München", "Köln", "Leipzig", "Freiburg"],
            ["Anna", "Lena", "Marie", "Julia", "Katharina", "Sabine", "Monika", "Claudia", "Laura", "Jana"],
            ["Lukas", "Jonas", "Felix", "Maximilian", "Stefan", "Thomas", "Andreas", "Michael", "Jan", "Uwe"],
            ["Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Wagner", "Becker", "Hoffmann", "Koch", "Yilmaz", "Krause", "Vogel"]
        ),
        new(
            "FR",
            "fr-FR",
            "Europe/Paris",
            1,
            0.16,
            ["Paris", "Lyon", "Nantes", "Lille", "Toulouse"],
            ["Camille", "Léa", "Chloé", "Manon", "Isabelle", "Nathalie", "Sylvie", "Inès"],
            ["Lucas", "Hugo", "Louis", "Antoine", "Philippe", "Nicolas", "Julien", "Michel"],
            ["Martin", "Bernard", "Dubois", "Thomas", "Robert", "Petit", "Durand", "Leroy", "Moreau", "Benali"]
        ),
        new(
            "NL",
            "nl-NL",
            "Europe/Amsterdam",
            1,
            0.12,
            ["Amsterdam", "Utrecht", "Rotterdam", "Groningen"],
            ["Emma", "Julia", "Sanne", "Lotte", "Femke", "Ingrid"],
            ["Daan", "Sem", "Bram", "Jeroen", "Pieter", "Ruben"],
            ["Jansen", "Visser", "Smit", "Meijer", "Bakker", "Mulder", "Bos", "Vos"]
        ),
        new(
            "ES",
            "es-ES",
            "Europe/Madrid",
            1,
            0.11,
            ["Madrid", "Valencia", "Sevilla", "Bilbao"],
            ["Lucía", "María", "Paula", "Carmen", "Elena", "Rosa"],
            ["Hugo", "Pablo", "Javier", "Carlos", "Miguel", "Antonio"],
            ["García", "López", "Sánchez", "Pérez", "Romero", "Navarro", "Torres", "Vega"]
        ),
        new(
            "US",
            "en-US",
            "America/New_York",
            -5,
            0.07,
            ["New York", "Boston", "Philadelphia", "Atlanta"],
            ["Ava", "Madison", "Jennifer", "Linda", "Ashley"],
            ["Noah", "Ethan", "Robert", "Kevin", "Tyler"],
            ["Johnson", "Davis", "Miller", "Martinez", "Anderson", "Lee", "Nguyen"]
        ),
    ];
}
