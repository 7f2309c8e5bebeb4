using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Platform.CommandLine;
using Microsoft.Extensions.Configuration;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary>What the verbs <c>simulate</c> and <c>plan</c> have in common: files, times, an invented shop where no events are given.</summary>
internal sealed class SimulationOptions
{
    public Option<FileInfo?> Events { get; } =
        new("--events") { Description = "NDJSON of events: {\"at\", \"customer\", \"event\", \"data\"}. Without it a shop is invented." };

    public Option<DateTimeOffset?> From { get; } = Time("--from", "Begin of virtual time. Default: the first event.");

    public Option<DateTimeOffset?> To { get; } = Time("--to", "End of virtual time. Default: 30 days after the last event.");

    public Option<int> Customers { get; } = VerbOptions.Ranged("--customers", "Customers of the invented shop.", 2_000, 1, 1_000_000);

    public Option<int> Seed { get; } = VerbOptions.Ranged("--seed", "Seed of the invented shop.", 1, 0, int.MaxValue);

    public void AddTo(Command command)
    {
        command.Add(Events);
        command.Add(From);
        command.Add(To);
        command.Add(Customers);
        command.Add(Seed);
    }

    public (IReadOnlyList<AutomationEvent> Events, DateTimeOffset From, DateTimeOffset To) Read(ParseResult parsed, TimeProvider clock)
    {
        var (from, to) = (parsed.GetValue(From), parsed.GetValue(To));
        if (parsed.GetValue(Events) is not { } file)
        {
            var start = from ?? (to ?? clock.GetUtcNow()).AddDays(-90);
            var end = to ?? start.AddDays(90);
            Ordered(start, end);
            return (new ShopLife(parsed.GetValue(Customers), parsed.GetValue(Seed)).Between(start, end), start, end);
        }
        var events = ReadFile(file);
        var first = from ?? (events.Count > 0 ? events[0].At : throw new CommandException($"{file.FullName} holds no event."));
        var last = to ?? (events.Count > 0 ? events[^1].At : first).AddDays(30);
        Ordered(first, last);
        return (events, first, last);
    }

    public static Automation ReadAutomation(FileInfo file)
    {
        string yaml;
        try
        {
            yaml = File.ReadAllText(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file.FullName} cannot be read: {e.Message}", e);
        }
        var (automation, problems) = AutomationParser.Parse(yaml);
        return automation ?? throw new CommandException($"{file.Name} is wrong:\n  {string.Join("\n  ", problems)}");
    }

    /// <returns>The service's own settings, as its environment gives them.</returns>
    public static (EmailOptions Options, Shop Shop) Settings()
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        return (
            configuration.GetSection(EmailOptions.Section).Get<EmailOptions>() ?? new EmailOptions(),
            configuration.GetSection(Shop.Section).Get<Shop>() ?? new Shop()
        );
    }

    private static IReadOnlyList<AutomationEvent> ReadFile(FileInfo file)
    {
        try
        {
            using var reader = new StreamReader(file.FullName);
            return EventFile.Read(reader, file.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file.FullName} cannot be read: {e.Message}", e);
        }
    }

    private static void Ordered(DateTimeOffset from, DateTimeOffset to)
    {
        if (from >= to)
            throw new CommandException("--from must be before --to.");
    }

    private static Option<DateTimeOffset?> Time(string name, string description) =>
        new(name)
        {
            Description = description,
            CustomParser = result =>
            {
                if (
                    DateTimeOffset.TryParse(
                        result.Tokens.Single().Value,
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                        out var time
                    )
                )
                    return time;
                result.AddError($"{name}: give a date or a time, 2026-11-26 or 2026-11-26T09:00:00Z.");
                return null;
            },
        };
}

/// <summary>One run, with its counts.</summary>
internal sealed class SimulationRun
{
    private static readonly TimeSpan MaxTriggerAge = new Platform.Messaging.MessagingOptions().MaxTriggerAge;

    public Dictionary<(string Automation, string Node, string Template, string Result), int> Mails { get; } = [];

    public Dictionary<string, int> Ends { get; } = [];

    public HashSet<Guid> Entered { get; } = [];

    public HashSet<Guid> HeldOut { get; } = [];

    public Dictionary<Guid, int> SentTo { get; } = [];

    public Simulator Simulator { get; private set; } = null!;

    public double Seconds { get; private set; }

    /// <param name="observe">Told each line as it happens; what it throws ends the run.</param>
    /// <param name="settings">Of a service that runs; default: as the environment gives them.</param>
    public static SimulationRun Of(
        IReadOnlyList<Automation> automations,
        IReadOnlyList<AutomationEvent> events,
        DateTimeOffset from,
        DateTimeOffset to,
        Action<SimulatedLine>? observe = null,
        (EmailOptions Options, Shop Shop)? settings = null
    )
    {
        var run = new SimulationRun();
        var (options, shop) = settings ?? SimulationOptions.Settings();
        run.Simulator = new Simulator(
            automations,
            options,
            shop,
            MaxTriggerAge,
            line =>
            {
                run.Count(line);
                observe?.Invoke(line);
            }
        );
        var started = Stopwatch.GetTimestamp();
        run.Simulator.Play(events, from, to);
        run.Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return run;
    }

    private void Count(SimulatedLine line)
    {
        switch (line.What, line.Kind)
        {
            case ("mail", _):
                var key = (line.Automation, line.Node, line.Kind, line.Result);
                Mails[key] = Mails.GetValueOrDefault(key) + 1;
                if (line.Result == "sent")
                    SentTo[line.Customer] = SentTo.GetValueOrDefault(line.Customer) + 1;
                break;
            case ("step", "entry"):
                Entered.Add(line.Customer);
                break;
            case ("step", "hold-out"):
                HeldOut.Add(line.Customer);
                break;
            case ("step", "goal" or "exit" or "end"):
                Ends[line.Result] = Ends.GetValueOrDefault(line.Result) + 1;
                break;
        }
    }
}
