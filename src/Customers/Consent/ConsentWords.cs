using MarketingPlatform.Contracts.Customers;

namespace MarketingPlatform.Customers.Consent;

/// <summary>The words of the pages that customers see, in the languages of the platform's mails.</summary>
/// <param name="Purposes">What each purpose means to a customer, in the order of the page.</param>
internal sealed record ConsentWords(
    string Language,
    string Choices,
    string Save,
    string Saved,
    string PleaseConfirm,
    string Agree,
    string Thanks,
    string Confirmed,
    string NoLonger,
    string NoLongerWhy,
    IReadOnlyDictionary<string, string> Purposes
)
{
    /// <summary>The customer's language, else the browser's, as far as it is spoken here; English otherwise.</summary>
    /// <param name="language">Of the customer, as a tag ("de-AT"); null where it is not known.</param>
    public static ConsentWords For(string? language, HttpContext context) =>
        Find(language)
        ?? context
            .Request.GetTypedHeaders()
            .AcceptLanguage.OrderByDescending(accepted => accepted.Quality ?? 1)
            .Select(accepted => Find(accepted.Value.Value))
            .FirstOrDefault(words => words is not null)
        ?? English;

    private static ConsentWords? Find(string? tag) =>
        Array.Find(
            [English, German, French],
            words => tag?.Split('-', '_')[0].Trim().Equals(words.Language, StringComparison.OrdinalIgnoreCase) == true
        );

    private static readonly ConsentWords English = new(
        "en",
        "Your choices",
        "Save",
        "Your choices are saved.",
        "Please confirm",
        "Yes, I agree",
        "Thank you",
        "You have confirmed. You can change your mind at any time.",
        "This link is no longer valid",
        "It may have expired, or not have been copied whole. Please use the link in our latest mail to you.",
        new Dictionary<string, string>
        {
            [ConsentPurposes.EmailMarketing] = "Send me news and offers by e-mail.",
            [ConsentPurposes.Profiling] = "Use what I looked at and bought to recommend what may suit me.",
            [ConsentPurposes.AdsAudience] = "Use my data to show me advertisements on other sites.",
            [ConsentPurposes.Chat] = "Keep my chats to answer me better.",
        }
    );

    private static readonly ConsentWords German = new(
        "de",
        "Ihre Einstellungen",
        "Speichern",
        "Ihre Einstellungen sind gespeichert.",
        "Bitte bestätigen Sie",
        "Ja, ich bin einverstanden",
        "Vielen Dank",
        "Sie haben bestätigt. Sie können Ihre Meinung jederzeit ändern.",
        "Dieser Link gilt nicht mehr",
        "Er ist abgelaufen oder wurde nicht vollständig kopiert. Bitte nutzen Sie den Link in unserer letzten Mail an Sie.",
        new Dictionary<string, string>
        {
            [ConsentPurposes.EmailMarketing] = "Senden Sie mir Neuigkeiten und Angebote per E-Mail.",
            [ConsentPurposes.Profiling] = "Nutzen Sie, was ich angesehen und gekauft habe, um mir Passendes zu empfehlen.",
            [ConsentPurposes.AdsAudience] = "Nutzen Sie meine Daten, um mir auf anderen Seiten Werbung zu zeigen.",
            [ConsentPurposes.Chat] = "Bewahren Sie meine Chats auf, um mir besser zu antworten.",
        }
    );

    private static readonly ConsentWords French = new(
        "fr",
        "Vos choix",
        "Enregistrer",
        "Vos choix sont enregistrés.",
        "Veuillez confirmer",
        "Oui, je suis d’accord",
        "Merci",
        "Vous avez confirmé. Vous pouvez changer d’avis à tout moment.",
        "Ce lien n’est plus valable",
        "Il a peut-être expiré ou n’a pas été copié en entier. Veuillez utiliser le lien de notre dernier e-mail.",
        new Dictionary<string, string>
        {
            [ConsentPurposes.EmailMarketing] = "M’envoyer des nouveautés et des offres par e-mail.",
            [ConsentPurposes.Profiling] = "Utiliser ce que j’ai regardé et acheté pour me recommander ce qui peut me convenir.",
            [ConsentPurposes.AdsAudience] = "Utiliser mes données pour me montrer de la publicité sur d’autres sites.",
            [ConsentPurposes.Chat] = "Conserver mes conversations pour mieux me répondre.",
        }
    );
}
