using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>A sentence and what it asks for.</summary>
internal sealed record Example(string Text, string Intent);

/// <summary>The examples that the classifier learns from: CSV with the columns <c>text,intent</c>.</summary>
/// <param name="Fingerprint">Of all texts and intents in their order.</param>
internal sealed record TrainingData(IReadOnlyList<Example> Examples, string Fingerprint)
{
    /// <summary>The files that come with the service.</summary>
    public static TrainingData Embedded() => From([.. ByLanguage().SelectMany(file => file.Examples)]);

    /// <summary>The same with the language of each file, ISO 639-1: <c>intents.de.csv</c> is German, what names no language English.</summary>
    public static IEnumerable<(string Language, IReadOnlyList<Example> Examples)> ByLanguage()
    {
        var assembly = typeof(TrainingData).Assembly;
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(n => n.StartsWith("Training/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
            var parts = name.Split('.');
            yield return (parts is [_, { Length: 2 } language, _] ? language : "en", Read(reader, name));
        }
    }

    public static TrainingData From(IReadOnlyList<Example> examples)
    {
        var all = string.Join('\n', examples.Select(e => e.Intent + '\t' + e.Text));
        return new TrainingData(examples, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all))));
    }

    /// <exception cref="InvalidDataException">Names the line that cannot be used.</exception>
    public static IReadOnlyList<Example> Read(TextReader reader, string name)
    {
        using var csv = new CsvReader(
            reader,
            new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null, MissingFieldFound = null }
        );
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not ["text", "intent"])
        {
            throw new InvalidDataException($"{name}: the first line must be 'text,intent'.");
        }
        var examples = new List<Example>();
        while (csv.Read())
        {
            if (csv.Parser.Count != 2 || string.IsNullOrWhiteSpace(csv[1]) || Wording.Normalise(csv[0] ?? "").Length == 0)
            {
                throw new InvalidDataException(
                    $"{name}, line {csv.Parser.RawRow}: give a sentence and its intent, the sentence in quotes if it holds a comma."
                );
            }
            examples.Add(new Example(csv[0]!, csv[1]!.Trim()));
        }
        return examples;
    }
}
