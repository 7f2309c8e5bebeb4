namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>What can fill a slot of a form.</summary>
internal enum SlotKind
{
    /// <summary>One of the visitor's own orders.</summary>
    Order,

    /// <summary>A line of the order that the form is about.</summary>
    OrderLine,

    /// <summary>What to look for in the catalogue.</summary>
    Product,

    /// <summary>One of the slot's options.</summary>
    Choice,
    Text,
    Email,
    Date,
    Number,
}

/// <summary>What is done when a form is complete.</summary>
internal enum Deed
{
    /// <summary>Nothing but what is said.</summary>
    Nothing,
    OrderStatus,
    ReturnRequest,
    FindProducts,
    Recommend,
    Loyalty,
    Handoff,
}

/// <param name="Name">What the visitor is shown, and what is kept.</param>
/// <param name="Words">Any of them in a message means this option.</param>
internal sealed record SlotOption(string Name, IReadOnlyList<string> Words);

/// <param name="OrLatest">Filled with the newest order where the message names none.</param>
internal sealed record ScriptSlot(string Name, SlotKind Kind, string Ask, bool OrLatest, IReadOnlyList<SlotOption> Options);

/// <param name="Title">How it is offered as a choice; null: never offered.</param>
/// <param name="Private">The visitor must have proved who they are.</param>
/// <param name="ArticlesFirst">An article that is surer to answer than this intent answers instead.</param>
internal sealed record ScriptIntent(
    string Name,
    string? Title,
    string? Say,
    bool Private,
    bool ArticlesFirst,
    IReadOnlyList<ScriptSlot> Slots,
    string? Confirm,
    Deed Do
)
{
    public ScriptSlot Slot(string name) => Slots.First(slot => slot.Name == name);
}

/// <summary>Customers with at least so many orders stand here.</summary>
internal sealed record LoyaltyTier(string Name, int Orders);

/// <summary>Who answers when the bot cannot.</summary>
/// <param name="Mail">Told of every hand-over; null: nobody.</param>
/// <param name="WebHook">Gets every hand-over as signed JSON; null: nobody.</param>
internal sealed record Staff(OpeningHours Hours, string? Mail, Uri? WebHook);

/// <summary>Beginnings of short answers, in lower case.</summary>
/// <param name="Again">Anywhere in a message: a new code, please.</param>
/// <param name="It">Anywhere in a message: what was spoken of.</param>
/// <param name="Other">Anywhere in a message: not what was told, the next one.</param>
/// <param name="Places">Anywhere in a message: the first of those shown, the second …</param>
/// <param name="And">Between two questions in one message.</param>
/// <param name="Which">Anywhere in a message: one of those shown.</param>
/// <param name="Compare">Anywhere in a message: what sets some apart.</param>
internal sealed record ShortAnswers(
    IReadOnlyList<string> Yes,
    IReadOnlyList<string> No,
    IReadOnlyList<string> Cancel,
    IReadOnlyList<string> Correct,
    IReadOnlyList<string> Again,
    IReadOnlyList<string> It,
    PhraseList Other,
    IReadOnlyList<PhraseList> Places,
    PhraseList And,
    PhraseList Which,
    PhraseList Compare,
    PriceWords Price
);

/// <summary>How people speak of prices, anywhere in a message.</summary>
/// <param name="Cheaper">Than what was shown.</param>
/// <param name="Cheapest">Before all others.</param>
/// <param name="About">Before an amount without a currency, which may then be a price.</param>
/// <param name="AtMost">Before or behind an amount.</param>
internal sealed record PriceWords(
    PhraseList Cheaper,
    PhraseList Dearer,
    PhraseList Cheapest,
    PhraseList Dearest,
    PhraseList About,
    PhraseList AtMost,
    PhraseList AtLeast
);

/// <summary>All that the bot says and does, as a shop wrote it. Made by <see cref="ScriptReader"/> only, so it is whole.</summary>
/// <param name="Language">ISO 639-1.</param>
internal sealed record Script(
    string Language,
    ShortAnswers Words,
    IReadOnlyDictionary<string, string> Says,
    Staff People,
    IReadOnlyList<LoyaltyTier> Loyalty,
    IReadOnlyDictionary<string, ScriptIntent> Intents
)
{
    /// <summary>Languages in which one comes with the service, ISO 639-1; the first is that of a shop which says none.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "de", "fr"];

    private static readonly Dictionary<string, Script> Standards = Languages.ToDictionary(
        language => language,
        language => ScriptReader.Read(StandardText(language)).Script!,
        StringComparer.Ordinal
    );

    /// <summary>The one that comes with the service, in English.</summary>
    public static readonly Script Standard = Standards[Languages[0]];

    /// <summary>The one that comes with the service in this language; in English where there is none.</summary>
    public static Script StandardIn(string? language) => Standards.GetValueOrDefault(language ?? "", Standard);

    public ScriptIntent? Intent(string name) => Intents.GetValueOrDefault(name);

    /// <param name="language">One of <see cref="Languages"/>.</param>
    public static string StandardText(string language = "en")
    {
        using var stream = typeof(Script).Assembly.GetManifestResourceStream(
            language == "en" ? "dialogue.yaml" : $"dialogue.{language}.yaml"
        )!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>When people answer: days of the week and hours in the shop's time zone; empty for always.</summary>
internal sealed record OpeningHours(IReadOnlySet<DayOfWeek> Days, TimeOnly From, TimeOnly Until)
{
    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static readonly OpeningHours Always = new(new HashSet<DayOfWeek>(), TimeOnly.MinValue, TimeOnly.MaxValue);

    public bool AreOpen(DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var time = TimeOnly.FromDateTime(local.DateTime);
        return Days.Count == 0 || (Days.Contains(local.DayOfWeek) && time >= From && time < Until);
    }

    /// <returns>Null where the text is neither <c>always</c> nor like <c>mon-fri 09:00-17:00</c>.</returns>
    public static OpeningHours? Read(string text)
    {
        if (text.Trim().Equals("always", StringComparison.OrdinalIgnoreCase))
            return Always;
        var parts = text.Trim().ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2 || parts[0].Split('-') is not [var first, .., var last] days || days.Length > 2)
            return parts.Length == 2 && Array.IndexOf(Names, parts[0]) is >= 0 and var only ? Between(only, only, parts[1]) : null;
        return Between(Array.IndexOf(Names, first), Array.IndexOf(Names, last), parts[1]);
    }

    private static OpeningHours? Between(int first, int last, string hours)
    {
        if (
            first < 0
            || last < 0
            || hours.Split('-') is not [var from, var until]
            || !TimeOnly.TryParseExact(from, "HH:mm", out var opens)
            || !TimeOnly.TryParseExact(until, "HH:mm", out var closes)
            || closes <= opens
        )
            return null;
        var days = new HashSet<DayOfWeek>();
        for (var day = first; ; day = (day + 1) % 7)
        {
            days.Add((DayOfWeek)day);
            if (day == last)
                return new OpeningHours(days, opens, closes);
        }
    }
}
