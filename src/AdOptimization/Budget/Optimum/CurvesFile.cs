using System.Text.Json;
using MarketingPlatform.AdOptimization.Response;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.AdOptimization.Budget.Optimum;

/// <summary>
/// Reads <c>{"cells": [{"name", "kind", …, "min", "max"}]}</c>. Kinds: <c>hill</c> (scale, halfSaturation, shape), <c>power</c> (scale,
/// shape), <c>logistic</c> (scale, rate). <c>min</c> is 0 and <c>max</c> the whole budget unless said. Cells may name a <c>channel</c>;
/// <c>"channels": [{"name", "min", "max"}]</c> limits what all cells of one take together.
/// </summary>
internal static class CurvesFile
{
    public static (IReadOnlyList<SpendCell> Cells, IReadOnlyList<SpendGroup> Channels) Read(string path, double budget)
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
            Fields[] all = [.. list.EnumerateArray().Select((cell, index) => new Fields(path, "cell", index, cell))];
            SpendCell[] cells = [.. all.Select(cell => Cell(cell, budget))];
            if (cells.GroupBy(c => c.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
                throw new CommandException($"{path}: two cells are named \"{twice.Key}\"; give each a name of its own.");
            return (cells, Channels(path, document.RootElement, all, budget));
        }
        catch (JsonException bad)
        {
            throw new CommandException($"{path} is not JSON: {bad.Message}", bad);
        }
    }

    private static SpendCell Cell(Fields fields, double budget)
    {
        var (least, most) = fields.Limits(budget);
        return new(fields.Text("name"), Curve(fields), least, most);
    }

    private static IReadOnlyList<SpendGroup> Channels(string path, JsonElement root, Fields[] cells, double budget)
    {
        if (!root.TryGetProperty("channels", out var list))
            return [];
        if (list.ValueKind != JsonValueKind.Array)
            throw new CommandException($"{path}: \"channels\" is no list: expected [{{\"name\", \"min\", \"max\"}}].");
        var channels = list.EnumerateArray()
            .Select((channel, index) => Channel(new(path, "channel", index, channel), cells, budget))
            .ToArray();
        return channels.GroupBy(c => c.Name).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new CommandException($"{path}: two channels are named \"{twice.Key}\": one entry holds its min and max.")
            : channels;
    }

    private static SpendGroup Channel(Fields fields, Fields[] cells, double budget)
    {
        var (name, (least, most)) = (fields.Text("name"), fields.Limits(budget));
        int[] members = [.. cells.Where(c => c.Has("channel") && c.Text("channel") == name).Select(c => c.Index)];
        return members.Length > 0 ? new(name, members, least, most) : throw fields.Bad("no cell names it as its \"channel\".");
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

    private readonly record struct Fields(string Path, string What, int Index, JsonElement Element)
    {
        public bool Has(string name) => Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out _);

        public (double Least, double Most) Limits(double budget)
        {
            var (least, most) = (Number("min", 0), Number("max", budget));
            return least >= 0 && most >= least ? (least, most) : throw Bad($"min is {least:R} and max {most:R}: expected 0 ≤ min ≤ max.");
        }

        public string Text(string name) =>
            Element.ValueKind == JsonValueKind.Object
            && Element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text
                ? text
                : throw Bad($"\"{name}\" is missing or no text.");

        public double Number(string name, double? standard)
        {
            if (
                Element.ValueKind != JsonValueKind.Object
                || !Element.TryGetProperty(name, out var value)
                || value.ValueKind == JsonValueKind.Null
            )
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
                    ? $"{Path}, {What} {Index + 1} ({name}): {problem}"
                    : $"{Path}, {What} {Index + 1}: {problem}"
            );
    }
}
