using System.Text.Json;

namespace MarketingPlatform.Experimentation.Assignment;

/// <summary>The variations that one unit keeps, whatever becomes of weights and coverage: a document to store.</summary>
/// <param name="AttributeName">Which attribute the unit is known by.</param>
/// <param name="AttributeValue">Its value.</param>
/// <param name="Assignments">Key of the variation by <c>experiment__version</c>.</param>
public sealed record StickyDocument(string AttributeName, string AttributeValue, IReadOnlyDictionary<string, string> Assignments)
{
    /// <value>What to store it under.</value>
    public string Key => $"{AttributeName}||{AttributeValue}";
}

/// <summary>The stored variations of whoever is being assigned. The caller loads documents before and stores what changed after.</summary>
public sealed class StickyBuckets
{
    private readonly Dictionary<string, StickyDocument> _documents = [];

    /// <param name="documents">What was stored; documents of others are passed over.</param>
    /// <param name="attributes">Who is being assigned.</param>
    public StickyBuckets(IEnumerable<StickyDocument> documents, JsonElement attributes)
    {
        ArgumentNullException.ThrowIfNull(documents);
        foreach (var document in documents)
        {
            if (JsonValues.Member(attributes, document.AttributeName) is var value && JsonValues.Text(value) == document.AttributeValue)
                _documents[document.Key] = document;
        }
    }

    /// <value>Documents as they are now, by their key.</value>
    public IReadOnlyDictionary<string, StickyDocument> Documents => _documents;

    /// <summary>The kept variation: its number, −1 where there is none, or null where the unit is left out because it took part in a
    /// version that is blocked.</summary>
    /// <param name="units">Attribute and value pairs, the one that counts most last.</param>
    internal int? Find(Experiment experiment, params ReadOnlySpan<(string Attribute, string Value)> units)
    {
        var kept = new Dictionary<string, string>();
        foreach (var (attribute, value) in units)
        {
            if (!_documents.TryGetValue($"{attribute}||{value}", out var document))
                continue;
            foreach (var (key, variation) in document.Assignments)
                kept[key] = variation;
        }
        for (var version = 0; version < (experiment.MinBucketVersion ?? 0); version++)
        {
            if (kept.ContainsKey(KeyOf(experiment, version)))
                return null;
        }
        if (!kept.TryGetValue(KeyOf(experiment, experiment.BucketVersion ?? 0), out var found))
            return -1;
        for (var i = 0; i < experiment.Meta?.Count; i++)
        {
            if (experiment.Meta[i].Key == found)
                return i;
        }
        return -1;
    }

    internal void Keep(Experiment experiment, string attribute, string value, string variation)
    {
        var document =
            _documents.GetValueOrDefault($"{attribute}||{value}") ?? new StickyDocument(attribute, value, new Dictionary<string, string>());
        _documents[document.Key] = document with
        {
            Assignments = new Dictionary<string, string>(document.Assignments)
            {
                [KeyOf(experiment, experiment.BucketVersion ?? 0)] = variation,
            },
        };
    }

    private static string KeyOf(Experiment experiment, int version) => $"{experiment.Key}__{version}";
}
