using System.CommandLine;
using System.Text.Json;
using MarketingPlatform.Customers.Identity;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Customers.Collect;

/// <summary>
/// <c>marketing evaluate payloads FOLDER</c>: what the collect API makes of a shop's own payloads, before anything is sent. One JSON file a
/// call, or a batch; exit code 1 where one of them would be refused.
/// </summary>
internal static class PayloadTable
{
    private const int MaxEventBytes = 32 * 1024;

    public static Command Command(TimeProvider clock)
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Holds *.json, each the body of a call or of a batch." };
        var json = VerbOptions.Json();
        var command = new Command("payloads", "Show how the collect API understands event payloads of a folder.") { folder, json };
        command.SetAction(
            async (parsed, ct) =>
            {
                var rows = Read(parsed.GetRequiredValue(folder), clock.GetUtcNow());
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                    await output.WriteJsonAsync(rows);
                else
                    Write(rows, output);
                return rows.All(row => row.Refused is null) ? 0 : 1;
            }
        );
        return command;
    }

    /// <param name="Identifiers">Kind and value of each, strongest first.</param>
    /// <param name="Meaning">What it does besides being stored: a cart touched, an order, a refund; behaviour otherwise.</param>
    /// <param name="Refused">Why, where it would be.</param>
    internal sealed record Row(
        string File,
        string? Kind,
        string? Name,
        IReadOnlyList<string> Identifiers,
        int Fields,
        bool Context,
        string? Meaning,
        string? Refused
    );

    /// <exception cref="CommandException">The folder is not there, or holds no payload.</exception>
    internal static IReadOnlyList<Row> Read(DirectoryInfo folder, DateTimeOffset now)
    {
        if (!folder.Exists)
            throw new CommandException($"There is no folder {folder.FullName}.");
        var rows = folder
            .EnumerateFiles("*.json")
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .SelectMany(file => Read(file, now))
            .ToArray();
        return rows.Length > 0 ? rows : throw new CommandException($"{folder.FullName} holds no *.json with a payload.");
    }

    private static IEnumerable<Row> Read(FileInfo file, DateTimeOffset now)
    {
        JsonElement root;
        try
        {
            root = SafeJson.Read(File.ReadAllText(file.FullName)).RootElement;
        }
        catch (JsonException e)
        {
            return [new Row(file.Name, null, null, [], 0, false, null, "malformed-json: " + e.Message)];
        }
        var batch = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("batch", out var calls) ? calls : (JsonElement?)null;
        return batch is { ValueKind: JsonValueKind.Array } many
            ? [.. many.EnumerateArray().Select((call, i) => RowOf($"{file.Name}[{i}]", call, root, now))]
            : [RowOf(file.Name, root, null, now)];
    }

    private static Row RowOf(string name, JsonElement body, JsonElement? batch, DateTimeOffset now)
    {
        var (call, rejected) = ReadCall.From(body, 0, null, batch, now, MaxEventBytes, new Sender(null));
        if (call is null)
            return new Row(name, null, null, [], 0, false, null, $"{rejected!.Reason}: {rejected.Detail}");
        var identifiers = new[] { ("userId", call.UserId), ("anonymousId", call.AnonymousId), ("previousId", call.PreviousId) }
            .Where(id => id.Item2 is not null)
            .Select(id => $"{id.Item1} {id.Item2}")
            .Concat(IdentityRules.ContactsOf(call).Select(contact => $"{contact.Kind} {contact.Value}"));
        var meaning = Commerce.Read(call, "EUR") switch
        {
            Commerce.Touch touch => $"cart: {touch.Kind}",
            Commerce.Bought order => $"order {order.OrderId}",
            Commerce.GivenBack refund => $"refund of {refund.OrderId}",
            Commerce.Unusable unusable => unusable.Reason,
            _ => call.Kind switch
            {
                "identify" => "profile",
                "alias" => "merge",
                _ => "behaviour",
            },
        };
        return new Row(
            name,
            call.Kind,
            call.Name,
            [.. identifiers],
            call.Data?.EnumerateObject().Count() ?? 0,
            call.Context is not null,
            meaning,
            null
        );
    }

    private static void Write(IReadOnlyList<Row> rows, TextWriter output)
    {
        string[][] cells =
        [
            ["file", "kind", "name", "identifiers", "fields", "context", "meaning"],
            .. rows.Select(row =>
                row.Refused is null
                    ? new[]
                    {
                        row.File,
                        row.Kind!,
                        row.Name ?? "",
                        string.Join(", ", row.Identifiers),
                        $"{row.Fields}",
                        row.Context ? "yes" : "",
                        row.Meaning!,
                    }
                    : [row.File, "refused", row.Refused, "", "", "", ""]
            ),
        ];
        var widths = Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length)).ToArray();
        foreach (var row in cells)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        output.WriteLine($"{rows.Count(row => row.Refused is null)} of {rows.Count} accepted");
    }
}
