using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Customers.Collect;

namespace MarketingPlatform.Customers.Imports;

/// <summary>Customers from a file: each row is an identify call, with the consents that it states.</summary>
internal sealed class ImportCustomers(StoreCalls store, TimeProvider clock)
{
    private const int RowsPerCommit = 500;

    public static readonly IReadOnlyDictionary<string, string[]> Columns = new Dictionary<string, string[]>
    {
        ["customer"] = ["customer_id", "user_id", "id"],
        ["email"] = ["e-mail", "email_address"],
        ["first_name"] = [],
        ["last_name"] = [],
        ["birth_date"] = ["birthday", "date_of_birth"],
        ["gender"] = [],
        ["country"] = [],
        ["city"] = [],
        ["language"] = ["locale"],
        ["time_zone"] = [],
        ["updated_at"] = [],
        ["email_consent"] = ["accepts_marketing", "accepts_email_marketing", "email_marketing"],
        ["consented_at"] = [],
    };

    private static readonly string[] TraitColumns =
    [
        "email",
        "first_name",
        "last_name",
        "birth_date",
        "gender",
        "country",
        "city",
        "language",
        "time_zone",
    ];

    public async Task RunAsync(CsvTable table, ImportReport report, Func<Task> progress, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var chunk = new List<Call>();
        while (await table.ReadAsync())
        {
            report.Lines.Read++;
            var (call, reason) = Read(table, now);
            if (call is null)
            {
                report.Reject(reason!);
                continue;
            }
            report.Lines.Accepted++;
            report.Customers.Identified++;
            chunk.Add(call);
            if (chunk.Count == RowsPerCommit)
            {
                await store.StoreAsync([new Arrival([.. chunk], [], now)], ct);
                await progress();
                chunk.Clear();
            }
        }
        if (chunk.Count > 0)
            await store.StoreAsync([new Arrival(chunk, [], now)], ct);
    }

    private static (Call? Call, string? Reason) Read(CsvTable table, DateTimeOffset now)
    {
        var email = table["email"];
        if ((table["customer"] ?? email?.ToLowerInvariant()) is not { } userId)
            return (null, "no-customer-id");
        if (userId.Length > ReadCall.MaxIdLength)
            return (null, "id-too-long");
        if (!TryTime(table["updated_at"], now, out var at) || !TryTime(table["consented_at"], at, out var consentedAt))
            return (null, "bad-date");
        bool? consent = table["email_consent"]?.ToLowerInvariant() switch
        {
            null => null,
            "true" or "yes" or "y" or "1" or "subscribed" => true,
            "false" or "no" or "n" or "0" or "unsubscribed" => false,
            _ => null,
        };
        if (consent is null && table["email_consent"] is not null)
            return (null, "bad-consent");
        var traits = TraitColumns.Where(column => table[column] is not null).ToDictionary(column => column, column => table[column]!);
        object? context = consent is null
            ? null
            : new
            {
                consent = new
                {
                    source = "import",
                    categoryPreferences = new Dictionary<string, bool> { [ConsentPurposes.EmailMarketing] = consent.Value },
                },
            };
        // A row that says when it was true is old news; one that does not is what the shop knows now.
        var time = consent is null ? at : consentedAt;
        var row = $"{userId}|{time:O}|{JsonSerializer.Serialize(traits)}|{consent}";
        return (
            new Call(
                "identify",
                "import:" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(row))),
                userId,
                AnonymousId: null,
                PreviousId: null,
                Name: null,
                JsonSerializer.SerializeToElement(traits),
                context is null ? null : JsonSerializer.SerializeToElement(context),
                time,
                System.Diagnostics.Activity.Current?.Id,
                Vouched: true
            ),
            null
        );
    }

    private static bool TryTime(string? cell, DateTimeOffset otherwise, out DateTimeOffset at)
    {
        at = otherwise;
        if (cell is null)
            return true;
        var parsed = DateTimeOffset.TryParse(
            cell,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var given
        );
        at = given < otherwise ? given : otherwise;
        return parsed;
    }
}
