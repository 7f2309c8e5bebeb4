using System.Text.Json;
using MarketingPlatform.AdOptimization.Response;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>
/// Reads <c>{"cells": [{"name", "kind", …, "min", "max"}]}</c>. Kinds: <c>hill</c> (scale, halfSaturation, shape), <c>power</c> (scale,
/// shape), <c>logistic</c> (scale, rate). <c>min</c> is 0 and <c>max</c> the whole budget unless said.
/// </summary>
internal static class CurvesFile
{
    public static IReadOnlyList<SpendCell> Read(string path, double budget)
    {
        if (!File.Exists(path))
            throw new CommandException($"There is no file {path}.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("cells", out var list)
                || list.ValueKind != JsonValueKind.Array
                || list.GetArrayLength() == 0
            )
                throw new CommandException($"{path}: expected {{\"cells\": [ … ]}} with at least one cell.");
            SpendCell[] cells = [.. list.EnumerateArray().Select((cell, index) => Cell(new(path, index, cell), budget))];
            if (cells.GroupBy(c => c.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
                throw new CommandException($"{path}: two cells are named \"{twice.Key}\"; give each a name of its own.");
            return cells;
        }
        catch (JsonException bad)
        {
            throw new CommandException($"{path} is not JSON: {bad.Message}", bad);
        }
    }

    private static SpendCell Cell(Fields fields, double budget)
    {
        var least = fields.Number("min", 0);
        var most = fields.Number("max", budget);
        if (least < 0 || most < least)
            throw fields.Bad($"min is {least:R} and max {most:R}: expected 0 ≤ min ≤ max.");
        return new(fields.Text("name"), Curve(fields), least, most);
    }

    private static ResponseCurve Curve(Fields fields)
    {
        var scale = fields.Number("scale", null);
        if (scale < 0)
            throw fields.Bad("scale is negative: more spend would return less.");
        return fields.Text("kind") switch
        {
            "hill" => new HillCurve(scale, fields.Positive("halfSaturation"), fields.Positive("shape")),
            "power" => new PowerCurve(scale, fields.Positive("shape")),
            "logistic" => new LogisticCurve(scale, fields.Positive("rate")),
            var other => throw fields.Bad($"kind \"{other}\" is not known: expected hill, power or logistic."),
        };
    }

    private readonly record struct Fields(string Path, int Index, JsonElement Element)
    {
        public string Text(string name) =>
            Element.ValueKind == JsonValueKind.Object
            && Element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text
                ? text
                : throw Bad($"\"{name}\" is missing or no text.");

        public double Number(string name, double? standard)
        {
            if (!Element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
                return standard ?? throw Bad($"\"{name}\" is missing.");
            return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
                ? number
                : throw Bad($"\"{name}\" is not a number.");
        }

        public double Positive(string name) =>
            Number(name, null) is > 0 and var number ? number : throw Bad($"\"{name}\" must be above 0.");

        public CommandException Bad(string problem) =>
            new(
                Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty("name", out var name)
                    ? $"{Path}, cell {Index + 1} ({name}): {problem}"
                    : $"{Path}, cell {Index + 1}: {problem}"
            );
    }
}
