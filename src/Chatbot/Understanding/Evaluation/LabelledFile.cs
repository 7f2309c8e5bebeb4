using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Chatbot.Understanding.Evaluation;

/// <summary>
/// Texts with labels: CSV with a header, or JSON: a list of <c>[text, label]</c> or of objects, or an object of such lists. Each may be gzip.
/// <c>FILE:train+oos_train</c> takes those lists of an object, one after the other.
/// </summary>
internal static class LabelledFile
{
    private static readonly string[] LabelColumns = ["label", "intent", "category"];

    /// <param name="textColumn">The column, or the member of the objects, with the text.</param>
    /// <param name="labelColumn">Likewise the label; null takes <c>label</c>, else <c>intent</c>, else <c>category</c>.</param>
    /// <exception cref="CommandException">Says what is wrong with which row, and what to do.</exception>
    public static async Task<IReadOnlyList<Example>> ReadAsync(string spec, string textColumn, string? labelColumn, CancellationToken ct)
    {
        var (path, parts) = Split(spec);
        if (!File.Exists(path))
            throw new CommandException($"There is no file {path}.");
        string content;
        try
        {
            await using var file = File.OpenRead(path);
            var gzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            await using var stream = gzip ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            using var reader = new StreamReader(stream, Encoding.UTF8);
            content = await reader.ReadToEndAsync(ct);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {e.Message}", e);
        }
        var start = content.AsSpan().TrimStart();
        var examples =
            start.Length > 0 && start[0] is '{' or '[' ? Json(content, path, parts, textColumn, labelColumn)
            : parts.Length == 0 ? Csv(content, path, textColumn, labelColumn)
            : throw new CommandException($"{path} is a CSV file and has no parts; leave ':{string.Join('+', parts)}' out.");
        return examples.Count > 0 ? examples : throw new CommandException($"{path} holds no example.");
    }

    private static (string Path, string[] Parts) Split(string spec)
    {
        var colon = spec.LastIndexOf(':');
        return File.Exists(spec) || colon <= 0
            ? (spec, [])
            : (spec[..colon], spec[(colon + 1)..].Split('+', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private static List<Example> Csv(string content, string path, string textColumn, string? labelColumn)
    {
        using var csv = new CsvReader(
            new StringReader(content),
            new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null, MissingFieldFound = null }
        );
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { } header)
            throw new CommandException($"{path} is empty; its first line must name the columns, such as 'text,label'.");
        var text = Place(header, [textColumn], "--text", path);
        var label = Place(header, labelColumn is null ? LabelColumns : [labelColumn], "--label", path);
        var examples = new List<Example>();
        while (csv.Read())
        {
            if (csv.Parser.Count != header.Length || string.IsNullOrWhiteSpace(csv[text]) || string.IsNullOrWhiteSpace(csv[label]))
                throw new CommandException(
                    $"{path}, line {csv.Parser.RawRow}: {csv.Parser.Count} fields where the header has {header.Length}, or no text or no label; "
                        + "mend the line, a text with a comma stands in quotes."
                );
            examples.Add(new Example(csv[text]!, csv[label]!.Trim()));
        }
        return examples;
    }

    private static int Place(string[] header, string[] names, string option, string path)
    {
        foreach (var name in names)
            if (
                Array.FindIndex(header, h => h.Trim().TrimStart('\uFEFF').Equals(name, StringComparison.OrdinalIgnoreCase))
                is >= 0
                    and var at
            )
                return at;
        throw new CommandException($"{path} has no column '{names[0]}' but {string.Join(", ", header)}; name the right one with {option}.");
    }

    private static List<Example> Json(string content, string path, string[] parts, string textColumn, string? labelColumn)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(content);
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path} is no JSON: {e.Message}", e);
        }
        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Array)
                return parts.Length == 0
                    ? [.. Rows(root, path, textColumn, labelColumn)]
                    : throw new CommandException($"{path} is one list and has no parts; leave ':{string.Join('+', parts)}' out.");
            var names = root.EnumerateObject().Select(p => p.Name).ToArray();
            if (parts.Length == 0 && names.Length != 1)
                throw new CommandException(
                    $"{path} has the parts {string.Join(", ", names)}; choose as in {path}:{string.Join('+', names.Take(2))}."
                );
            var examples = new List<Example>();
            foreach (var part in parts.Length == 0 ? names : parts)
                examples.AddRange(
                    root.TryGetProperty(part, out var list) && list.ValueKind == JsonValueKind.Array
                        ? Rows(list, $"{path}:{part}", textColumn, labelColumn)
                        : throw new CommandException($"{path} has no list '{part}' but {string.Join(", ", names)}.")
                );
            return examples;
        }
    }

    private static IEnumerable<Example> Rows(JsonElement list, string where, string textColumn, string? labelColumn)
    {
        var row = 0;
        foreach (var element in list.EnumerateArray())
        {
            row++;
            var (text, label) = element.ValueKind switch
            {
                JsonValueKind.Array when element.GetArrayLength() >= 2 => (Word(element[0]), Word(element[1])),
                JsonValueKind.Object => (
                    Member(element, [textColumn]),
                    Member(element, labelColumn is null ? LabelColumns : [labelColumn])
                ),
                _ => (null, null),
            };
            if (string.IsNullOrWhiteSpace(text) || string.IsNullOrWhiteSpace(label))
                throw new CommandException(
                    $"{where}, entry {row}: give [text, label], or an object with '{textColumn}' and '{labelColumn ?? "label"}'."
                );
            yield return new Example(text, label.Trim());
        }
    }

    private static string? Member(JsonElement element, string[] names) =>
        names.Select(name => element.TryGetProperty(name, out var value) ? Word(value) : null).FirstOrDefault(word => word is not null);

    private static string? Word(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
