namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>What a visitor can want. The names are the labels of <c>Training/*.csv</c> and what the API says.</summary>
internal static class Intents
{
    public const string Greeting = "greeting";
    public const string OrderStatus = "order_status";
    public const string Returns = "returns";
    public const string ProductSearch = "product_search";
    public const string Thanks = "thanks";
    public const string Handoff = "handoff";

    /// <summary>The label of examples that nothing here can answer; never an answer of the classifier.</summary>
    public const string OutOfScope = "out_of_scope";

    /// <summary>What the API calls an answer to something that was not understood.</summary>
    public const string Fallback = "fallback";
}
