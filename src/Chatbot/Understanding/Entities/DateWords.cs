namespace MarketingPlatform.Chatbot.Understanding.Entities;

/// <summary>How a language speaks of days; each entry is a part of a regular expression.</summary>
/// <param name="Weekdays">Sunday first.</param>
/// <param name="Months">January first, with what it is cut to.</param>
/// <param name="Day">What may stand between a day's number and the month ("3rd of", "3.", "3 de").</param>
/// <param name="Ago">With the groups <c>n</c> and, for weeks, <c>weeks</c>.</param>
/// <param name="Last">Before or behind a weekday: the one that was.</param>
/// <param name="Ahead">Before or behind a weekday: the one that comes.</param>
/// <param name="Bare">Whether a weekday alone is a day: "Freitag" is, while English has Black Friday.</param>
internal sealed record DateWords(
    string Today,
    string Yesterday,
    string Tomorrow,
    string[] Weekdays,
    string[] Months,
    string Day,
    string Ago,
    string Last,
    string Ahead,
    bool Bare = true
)
{
    /// <summary>By ISO 639-1: the languages that <see cref="Languages"/> can tell.</summary>
    public static readonly IReadOnlyDictionary<string, DateWords> All = new Dictionary<string, DateWords>(StringComparer.Ordinal)
    {
        ["en"] = new(
            "today",
            "yesterday",
            "tomorrow",
            ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
            [
                "jan(?:uary)?",
                "feb(?:ruary)?",
                "mar(?:ch)?",
                "apr(?:il)?",
                "may",
                "june?",
                "july?",
                "aug(?:ust)?",
                "sept?(?:ember)?",
                "oct(?:ober)?",
                "nov(?:ember)?",
                "dec(?:ember)?",
            ],
            @"(?:st|nd|rd|th)?\s+(?:of\s+)?",
            @"(?<n>\d{1,3})\s+(?:(?<weeks>weeks?)|days?)\s+ago",
            "last",
            "on|next|this",
            Bare: false
        ),
        ["de"] = new(
            "heute",
            "gestern",
            @"(?<!guten\s)morgen",
            ["sonntag", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag|sonnabend"],
            [
                "jan(?:uar)?|jänner",
                "feb(?:ruar)?",
                "märz|maerz",
                "apr(?:il)?",
                "mai",
                "juni?",
                "juli?",
                "aug(?:ust)?",
                "sept?(?:ember)?",
                "okt(?:ober)?",
                "nov(?:ember)?",
                "dez(?:ember)?",
            ],
            @"\.?\s*",
            @"vor\s+(?<n>\d{1,3})\s+(?:(?<weeks>wochen?)|tag(?:en)?)",
            "letzte[nr]?|vorige[nr]?|vergangene[nr]?",
            "am|nächste[nr]?|kommende[nr]?|diese[nr]?"
        ),
        ["fr"] = new(
            "aujourd['’]hui",
            "hier",
            "demain",
            ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
            [
                "janv(?:ier)?",
                "févr?(?:ier)?|fevrier",
                "mars",
                "avr(?:il)?",
                "mai",
                "juin",
                "juil(?:let)?",
                "août|aout",
                "sept?(?:embre)?",
                "oct(?:obre)?",
                "nov(?:embre)?",
                "déc(?:embre)?|decembre",
            ],
            @"(?:er)?\s+",
            @"il\s+y\s+a\s+(?<n>\d{1,3})\s+(?:(?<weeks>semaines?)|jours?)",
            "derni[eè]re?|passée?",
            "prochaine?|ce"
        ),
        ["es"] = new(
            "hoy",
            "ayer",
            @"(?<!la\s)mañana",
            ["domingo", "lunes", "martes", "miércoles|miercoles", "jueves", "viernes", "sábado|sabado"],
            ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "sept?iembre", "octubre", "noviembre", "diciembre"],
            @"º?\s+(?:de\s+)?",
            @"hace\s+(?<n>\d{1,3})\s+(?:(?<weeks>semanas?)|d[ií]as?)",
            "pasado|último",
            "próximo|proximo|este"
        ),
        ["it"] = new(
            "oggi",
            "ieri",
            "domani",
            ["domenica", "lunedì|lunedi", "martedì|martedi", "mercoledì|mercoledi", "giovedì|giovedi", "venerdì|venerdi", "sabato"],
            [
                "gennaio",
                "febbraio",
                "marzo",
                "aprile",
                "maggio",
                "giugno",
                "luglio",
                "agosto",
                "settembre",
                "ottobre",
                "novembre",
                "dicembre",
            ],
            @"º?\s+",
            @"(?<n>\d{1,3})\s+(?:(?<weeks>settiman[ae])|giorn[oi])\s+fa",
            "scors[oa]|ultimo",
            "prossim[oa]|questo"
        ),
        ["nl"] = new(
            "vandaag",
            "gisteren",
            @"(?<!goede\s)morgen",
            ["zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"],
            [
                "jan(?:uari)?",
                "feb(?:ruari)?",
                "maart",
                "apr(?:il)?",
                "mei",
                "juni?",
                "juli?",
                "aug(?:ustus)?",
                "sept?(?:ember)?",
                "okt(?:ober)?",
                "nov(?:ember)?",
                "dec(?:ember)?",
            ],
            @"(?:e|de|ste)?\s+",
            @"(?<n>\d{1,3})\s+(?:(?<weeks>weken|week)|dag(?:en)?)\s+geleden",
            "afgelopen|vorige",
            "op|volgende|komende|deze|aanstaande"
        ),
        ["pt"] = new(
            "hoje",
            "ontem",
            "amanhã",
            ["domingo", "segunda(?:-feira)?", "terça(?:-feira)?", "quarta(?:-feira)?", "quinta(?:-feira)?", "sexta(?:-feira)?", "sábado"],
            ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"],
            @"º?\s+(?:de\s+)?",
            @"h[áa]\s+(?<n>\d{1,3})\s+(?:(?<weeks>semanas?)|dias?)",
            "passad[oa]|últim[oa]",
            "próxim[oa]|n[ao]|est[ae]",
            Bare: false
        ),
        ["pl"] = new(
            "dzisiaj|dziś",
            "wczoraj",
            "jutro",
            ["niedziel[aęi]", "poniedziałek", "wtorek", "środ[aęy]", "czwartek", "piątek", "sobot[aęy]"],
            [
                "stycznia",
                "lutego",
                "marca",
                "kwietnia",
                "maja",
                "czerwca",
                "lipca",
                "sierpnia",
                "września",
                "października",
                "listopada",
                "grudnia",
            ],
            @"\.?\s+",
            @"(?<n>\d{1,3})\s+(?:(?<weeks>tygodni\w{0,3}|tydzień)|dni|dzień)\s+temu",
            @"(?:w\s+)?(?:zeszł\w{1,3}|ostatni\w{0,2})",
            @"w|we|najbliższ\w{1,3}|następn\w{1,3}"
        ),
    };
}
