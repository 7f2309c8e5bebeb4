namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>Turns a sentence into a vector whose direction is its meaning. Safe for many callers.</summary>
internal interface ISentenceEncoder
{
    /// <summary>Length of the vectors.</summary>
    int Dimensions { get; }

    /// <summary>Changes with the encoder's files: a model that learnt from other vectors must be trained again.</summary>
    string Fingerprint { get; }

    float[] Encode(string text);
}
