using System.Globalization;
using System.Text.Json;
using DotLiquid;
using MarketingPlatform.Email.Templates.Liquid;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Email.Templates.Evaluation;

/// <summary>A case of a Liquid conformance suite in the format of golden-liquid.</summary>
internal sealed record LiquidCase(
    string Name,
    string Template,
    JsonElement? Data,
    string? Result,
    IReadOnlyList<string>? Results,
    bool Invalid,
    IReadOnlyDictionary<string, string>? Templates,
    IReadOnlyList<string>? Tags
);

/// <param name="Expected">One of the right answers; null where the template has to be refused.</param>
/// <param name="Got">What came out; null where the template was refused.</param>
internal sealed record LiquidCaseOutcome(string Name, bool Passed, string? Expected, string? Got, string? Error);

/// <summary>Runs conformance cases through the engine that renders mails.</summary>
internal static class LiquidEvaluation
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private sealed record Suite(IReadOnlyList<LiquidCase>? Tests);

    /// <exception cref="CommandException">The file is not there or holds no cases.</exception>
    public static async Task<IReadOnlyList<LiquidCase>> ReadAsync(string path, CancellationToken ct)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "golden_liquid.json") : path;
        if (!File.Exists(file))
            throw new CommandException($"There is no file {file}. Name a file of cases in the format of golden-liquid with --cases.");
        try
        {
            await using var stream = File.OpenRead(file);
            var suite = await JsonSerializer.DeserializeAsync<Suite>(stream, Format, ct);
            return suite?.Tests is { Count: > 0 } tests
                ? tests
                : throw new CommandException($"{file} holds no cases: an object with a list 'tests' is expected.");
        }
        catch (JsonException e)
        {
            throw new CommandException($"{file} is not a file of cases: {e.Message}", e);
        }
    }

    public static LiquidCaseOutcome Run(LiquidCase test)
    {
        string? got = null;
        string? error = null;
        try
        {
            var partials = (test.Templates ?? new Dictionary<string, string>()).ToDictionary(p => p.Key, p => p.Value);
            var template = LiquidSandbox.Parse("case", test.Template);
            var model = test.Data is { ValueKind: JsonValueKind.Object } data ? Object(data) : [];
            got = LiquidSandbox.Render(
                template,
                model,
                partials: name => partials.TryGetValue(name, out var source) ? LiquidSandbox.Parse(name, source) : null
            );
        }
        catch (TemplateException e)
        {
            error = e.Message;
        }
        IReadOnlyList<string> right = test.Invalid ? [] : test.Results ?? [test.Result ?? ""];
        return new(
            test.Name,
            test.Invalid ? got is null : got is not null && right.Contains(got),
            right.Count > 0 ? right[0] : null,
            got,
            error
        );
    }

    private static Hash Object(JsonElement data)
    {
        var hash = new Hash();
        foreach (var member in data.EnumerateObject())
            hash[member.Name] = Value(member.Value);
        return hash;
    }

    private static object? Value(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => Object(value),
            JsonValueKind.Array => value.EnumerateArray().Select(Value).ToList(),
            JsonValueKind.String => value.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ when value.TryGetInt32(out var small) => small,
            _ when value.TryGetInt64(out var whole) => whole,
            _ => value.GetDouble(),
        };
}
