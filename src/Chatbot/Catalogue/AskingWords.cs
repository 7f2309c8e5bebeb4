using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Catalogue;

/// <summary>
/// Words that name no product: those that people ask with and shops are described with, and <see cref="JoiningWords"/>. English ones always,
/// because catalogues are often English; others in their own language only: "hat" is one in German.
/// </summary>
internal static class AskingWords
{
    private static readonly Dictionary<string, HashSet<string>> Asked = new(StringComparer.Ordinal)
    {
        ["en"] = Set(
            "looking look searching search find show see need want would like love buy purchase get give got sell sells selling stock stocked offer offers carry "
                + "available availability much many cost costs price prices priced recommend suggest suggestion product products item items "
                + "something anything some any thing things kind kinds sort sorts type types range please hi hello hey good nice great new pair shop store "
                + "browse ideas idea help could can one ones also else maybe really there here me mine my you your yours i we us our am do does did have has had "
                + "from than then thanks thank ok okay well what which who where when how still just only too very more most be been being so these those them "
                + "about mean meant other another without all want wanted tell let budget spend even bit slightly both each gift gifts present presents mother mum mom father dad wife husband similar alternative alternatives comparable"
        ),
        ["de"] = Set(
            "suche suchen sucht finde finden zeig zeige zeigen zeigt brauche brauchen möchte möchten kaufen kaufe verkaufen verkauft verkaufst führen führt "
                + "gibt gib geben hätte hätten gerne gern bitte danke kostet kosten preis preise teuer artikel produkt produkte ware waren sortiment angebot "
                + "vorrätig lager verfügbar etwas irgendetwas irgendwas was eins eine paar hallo guten tag habt hast mal auch noch lieber neu neue neues gut gute "
                + "empfehlen empfiehl euch ihr sie welche welcher welches welchen welchem wie beide beiden zwischen geschenk geschenke geschenkidee geschenkideen mutter mama vater papa viel viele wo davon dafür kann könnt können könnten ähnlich ähnliche ähnliches alternative alternativen"
        ),
        ["fr"] = Set(
            "cherche cherchez chercher trouve trouver montrez montre montrer voudrais voudrait aimerais veux acheter achète vendez vends vendre avez auriez proposez "
                + "propose besoin coûte coute coûtent prix produit produits article articles stock disponible quelque chose quelques un une combien lequel laquelle lesquels lesquelles entre cadeau cadeaux mère maman père papa quel quelle quels quelles "
                + "svp plaît plait merci bonjour salut aussi encore plutôt nouveau nouvelle bon bonne est ce que y a il t pouvez peux puis faut donnez autre similaire similaires semblable"
        ),
    };

    /// <param name="word">In lower case.</param>
    /// <param name="language">ISO 639-1 of the sentence.</param>
    public static bool Hold(string word, string language) => Holds(word, "en") || (language != "en" && Holds(word, language));

    private static bool Holds(string word, string language) =>
        (Asked.TryGetValue(language, out var asked) && asked.Contains(word))
        || (JoiningWords.ByLanguage.TryGetValue(language, out var joining) && joining.Contains(word));

    private static HashSet<string> Set(string words) => [.. words.Split(' ')];
}
