using MailKit.Security;
using MarketingPlatform.Email.Sending.Limits;

namespace MarketingPlatform.Email.Sending.Transport;

/// <summary>The mail server that takes our mails (a relay, or a service's SMTP door), and how much of them it takes.</summary>
internal sealed class SmtpOptions
{
    /// <value>Default empty: mails are written as files.</value>
    public string Host { get; init; } = "";

    /// <value>Default 587.</value>
    public int Port { get; init; } = 587;

    /// <value>Default empty: no authentication.</value>
    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    /// <value>None, Auto, SslOnConnect, StartTls, StartTlsWhenAvailable (default).</value>
    public SecureSocketOptions Tls { get; init; } = SecureSocketOptions.StartTlsWhenAvailable;

    /// <value>How long the server may take for one step. Default 30 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <value>Share of the mails among several routes. Default 1; 0 takes mails only while no other route can.</value>
    public int Weight { get; init; } = 1;

    /// <value>Published limits of a provider: google-workspace, microsoft-365, ses-sandbox. Default none. What is set beside it wins.</value>
    public string Preset { get; init; } = "";

    /// <value>Mails in any minute. Default: the preset's, else no limit.</value>
    public int? PerMinute { get; init; }

    /// <value>Mails in any hour. Default: the preset's, else no limit.</value>
    public int? PerHour { get; init; }

    /// <value>Mails in any 24 hours. Default: the preset's, else no limit.</value>
    public int? PerDay { get; init; }

    /// <value>Mails over one connection before a new one is opened. Default: the preset's, else no limit.</value>
    public int? PerConnection { get; init; }

    public int? MailsPerConnection => PerConnection ?? RoutePreset.Find(Preset)?.PerConnection;

    public IReadOnlyList<RollingLimit> LimitsOf(string route)
    {
        var preset = RoutePreset.Find(Preset);
        return
        [
            .. new (int? Max, TimeSpan Window)[]
            {
                (PerMinute ?? preset?.PerMinute, TimeSpan.FromMinutes(1)),
                (PerHour ?? preset?.PerHour, TimeSpan.FromHours(1)),
                (PerDay ?? preset?.PerDay, TimeSpan.FromDays(1)),
            }
                .Where(limit => limit.Max is not null)
                .Select(limit => new RollingLimit("route " + route, limit.Max!.Value, limit.Window)),
        ];
    }

    public IEnumerable<string> Problems(string name, bool mayBeEmpty)
    {
        if (Port is < 1 or > 65535)
            yield return $"{name}:Port must be from 1 to 65535.";
        if (User.Length > 0 && Host.Length == 0)
            yield return $"{name}:User is set but {name}:Host is not.";
        if (Host.Length == 0 && !mayBeEmpty)
            yield return $"{name}:Host must name a mail server.";
        if (Preset.Length > 0 && RoutePreset.Find(Preset) is null)
            yield return $"{name}:Preset must be one of {string.Join(", ", RoutePreset.All.Keys)}.";
        if (Weight < 0 || PerMinute < 1 || PerHour < 1 || PerDay < 1 || PerConnection < 1)
            yield return $"{name}: a weight must be 0 or more, each limit 1 or more.";
    }
}

/// <summary>What a provider publishes as the limits of its SMTP door (November 2026); a plan of your own may allow more.</summary>
internal sealed record RoutePreset(int? PerMinute, int? PerHour, int? PerDay, int? PerConnection)
{
    public static readonly IReadOnlyDictionary<string, RoutePreset> All = new Dictionary<string, RoutePreset>
    {
        // "Gmail sending limits in Google Workspace": 2,000 messages a day and user.
        ["google-workspace"] = new(null, null, 2_000, 100),
        // "Exchange Online limits": 10,000 recipients a day, 30 messages a minute.
        ["microsoft-365"] = new(30, null, 10_000, null),
        // "Service quotas in Amazon SES", sandbox: 200 messages in 24 hours, 1 a second.
        ["ses-sandbox"] = new(60, null, 200, null),
    };

    public static RoutePreset? Find(string name) => All.GetValueOrDefault(name);
}

/// <summary>How fast mails leave to one recipient domain; bound from <c>Email:Domains:{domain}</c>.</summary>
internal sealed class DomainPaceOptions
{
    /// <value>Mails in any minute, on each route. Default no limit.</value>
    public int? PerMinute { get; init; }

    /// <value>Mails in any 24 hours, on each route. Default no limit.</value>
    public int? PerDay { get; init; }
}
