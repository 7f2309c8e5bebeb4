using System.Security.Cryptography;
using System.Text;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Contracts;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.Standalone;

namespace MarketingPlatform.Cli.Bench.Pages;

/// <summary>Starts a whole platform in a folder of its own, loads customers through its public door, and visits the console's pages.</summary>
internal sealed class PagesBench(TimeProvider clock, Action<string> say)
{
    private const int WarmUp = 5;

    public async Task<PagesReport> RunAsync(int customers, int visits, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("marketing-bench-console-");
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var settings = new Dictionary<string, string>
        {
            ["Console__FirstPassword"] = password,
            // Standard output is the bench's own.
            ["Logging__Console__LogToStandardErrorThreshold"] = "Trace",
            ["Logging__LogLevel__MarketingPlatform"] = "Warning",
        };
        foreach (var (name, value) in settings)
            Environment.SetEnvironmentVariable(name, value);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var options = new StandaloneOptions { Port = FreePort.Next(), DataFolder = folder.FullName };
        var said = new Listening("MarketingPlatform is up");
        var platform = StandaloneHost.RunAsync(options, said, stop.Token);
        try
        {
            say("Starting a platform of its own …");
            if (await Task.WhenAny(said.Heard, platform) == platform)
                throw new CommandException("The platform for the bench did not start: " + said);
            using var api = PlatformApi.Connect(options.Port, options.DataFolder, clock);
            var crowd = new Crowd(api, clock, say);
            var events = await crowd.LoadAsync(customers, ct);
            await crowd.SettleAsync(customers, ct);
            using var visitor = new Visitor(new Uri($"http://127.0.0.1:{options.Port}"));
            await visitor.SignInAsync("admin", password, ct);
            var times = new List<PageTime>();
            foreach (var (page, path) in await PagesAsync(api, customers, ct))
                times.Add(await MeasureAsync(visitor, page, path, visits, ct));
            return PagesReport.Of(customers, events, times);
        }
        finally
        {
            foreach (var name in settings.Keys)
                Environment.SetEnvironmentVariable(name, null);
            await stop.CancelAsync();
            await platform;
            folder.Delete(recursive: true);
        }
    }

    private async Task<PageTime> MeasureAsync(Visitor visitor, string page, string path, int visits, CancellationToken ct)
    {
        for (var i = 0; i < WarmUp; i++)
            await visitor.VisitAsync(path, ct);
        var times = new List<double>(visits);
        for (var i = 0; i < visits; i++)
            times.Add(await visitor.VisitAsync(path, ct));
        var time = PageTime.Of(page, path, times);
        say(FormattableString.Invariant($"{page}: median {time.MedianMs} ms"));
        return time;
    }

    /// <summary>Every page that shows what grows with customers; somebody in the middle of the crowd stands for all profiles.</summary>
    private static async Task<IReadOnlyList<(string Page, string Path)>> PagesAsync(PlatformApi api, int customers, CancellationToken ct)
    {
        var middle = (await api.GetAsync($"{Routes.Customers}?userId=bench-{customers / 2}", ct))["items"]![0]!["id"]!.ToString();
        return
        [
            ("overview", "/"),
            ("customers", "/console/customers"),
            ("customers, search", "/console/customers?search=lovelace"),
            ("customers, one", $"/console/customers?search=bench-{customers / 2}%40shop.example"),
            ("customer", $"/console/customers/{middle}"),
            ("segments", "/console/segments"),
            ("segment", "/console/segments/new"),
            ("mail", "/console/mail"),
            ("operations", "/console/operations"),
            ("settings", "/console/settings"),
            ("users", "/console/users"),
            ("audit log", "/console/audit"),
        ];
    }

    /// <summary>What a platform says, and the moment when it says what is waited for.</summary>
    private sealed class Listening(string wanted) : StringWriter
    {
        private readonly TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Heard => heard.Task;

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(wanted, StringComparison.Ordinal) == true)
                heard.TrySetResult();
        }

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }
    }
}
