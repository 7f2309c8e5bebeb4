using System.Globalization;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Simulation;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Configuration;

namespace MarketingPlatform.Automations.Testing;

/// <summary>
/// What happens to some customers, and the automations that hear of it: a test tells it in order, then runs it on a virtual clock by the
/// executor that the platform itself runs. Nothing is sent, nobody is waited for, and the same scenario is the same run.
/// </summary>
/// <remarks>Nobody is held out of an automation: what a test says of one customer is true of each.</remarks>
public sealed class AutomationScenario
{
    private readonly List<string> lines = [];
    private readonly Dictionary<string, string?> settings = new() { ["Email:HoldOut:After"] = "9223372036854775807" };
    private readonly IReadOnlyList<Automation> automations;
    private readonly DateTimeOffset start;

    private AutomationScenario(IReadOnlyList<Automation> automations, DateTimeOffset start) =>
        (this.automations, this.start) = (automations, start.ToUniversalTime());

    /// <summary>Automations as they are written.</summary>
    /// <param name="start">When virtual time begins.</param>
    /// <param name="yaml">One text for each automation.</param>
    /// <exception cref="ArgumentException">A text is no automation; the message names each line that is wrong.</exception>
    public static AutomationScenario Of(DateTimeOffset start, params IReadOnlyList<string> yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return new([.. yaml.Select(Parse)], start);
    }

    /// <summary>Automations in files, as <c>./marketing plan</c> reads them.</summary>
    /// <param name="start">When virtual time begins.</param>
    /// <param name="files">Paths of YAML files.</param>
    /// <exception cref="ArgumentException">A file is no automation; the message names each line that is wrong.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static AutomationScenario OfFiles(DateTimeOffset start, params IReadOnlyList<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new([.. files.Select(file => Parse(File.ReadAllText(file)))], start);
    }

    /// <summary>Automations that come with the platform, by name: welcome, abandoned-cart, …</summary>
    /// <param name="start">When virtual time begins.</param>
    /// <param name="names">Their names.</param>
    /// <exception cref="ArgumentException">None has this name.</exception>
    public static AutomationScenario OfReadyMade(DateTimeOffset start, params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.FirstOrDefault(name => !ReadyMade.All.ContainsKey(name)) is { } unknown)
            throw new ArgumentException(
                $"There is no ready-made '{unknown}'. Known: {string.Join(", ", ReadyMade.All.Keys)}.",
                nameof(names)
            );
        return new([.. names.Select(ReadyMade.Parse)], start);
    }

    /// <summary>A setting of the e-mail service or the shop: <c>Email:QuietHours:From</c>, <c>Shop:TimeZone</c>.</summary>
    /// <param name="key">The key, with colons.</param>
    /// <param name="value">As it would stand in the environment.</param>
    public AutomationScenario With(string key, string value)
    {
        settings[key] = value;
        return this;
    }

    /// <summary>A customer gives an address and agrees to marketing mail.</summary>
    /// <param name="customer">Any name.</param>
    /// <param name="after">Since the start.</param>
    /// <param name="traits">More of the profile: <c>new { birthday = "1990-03-15", time_zone = "Europe/Berlin" }</c>.</param>
    public AutomationScenario SignsUp(string customer, TimeSpan after, object? traits = null)
    {
        var profile = traits is null
            ? []
            : JsonSerializer.SerializeToElement(traits).EnumerateObject().ToDictionary(t => t.Name, t => (object)t.Value);
        profile.TryAdd("email", $"{customer}@example.com");
        return Happens(customer, after, "profile", profile).Happens(customer, after, "consent", new { granted = true });
    }

    /// <summary>An event that the platform knows (<c>cart-abandoned</c>, <c>order</c>, <c>mail-clicked</c>, <c>segment-entered</c>, …), or one of the shop's.</summary>
    /// <param name="customer">Any name.</param>
    /// <param name="after">Since the start.</param>
    /// <param name="name">The event's name.</param>
    /// <param name="data">Its data, an object: <c>new { cart_id = "c1" }</c>.</param>
    public AutomationScenario Happens(string customer, TimeSpan after, string name, object? data = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(customer);
        ArgumentException.ThrowIfNullOrEmpty(name);
        Add(customer, after, name, data);
        return this;
    }

    /// <summary>A product's price or stock is told: the second time a fall of it, or its return, is news to who looked at it.</summary>
    /// <param name="product">Its id.</param>
    /// <param name="after">Since the start.</param>
    /// <param name="price">In the shop's currency.</param>
    /// <param name="inStock">Whether it can be bought.</param>
    public AutomationScenario ProductIs(string product, TimeSpan after, decimal price, bool inStock = true)
    {
        Add(
            null,
            after,
            SimulatedCatalogue.ProductChanged,
            new
            {
                product_id = product,
                price,
                in_stock = inStock,
            }
        );
        return this;
    }

    /// <summary>Recorded events, as <c>./marketing simulate --events</c> reads them.</summary>
    /// <param name="ndjson">Lines <c>{"at", "customer", "event", "data"}</c>.</param>
    public AutomationScenario Replays(string ndjson)
    {
        ArgumentNullException.ThrowIfNull(ndjson);
        lines.AddRange(ndjson.Split('\n'));
        return this;
    }

    /// <summary>Lets virtual time pass.</summary>
    /// <param name="time">Since the start; what happens later is left out.</param>
    /// <exception cref="ArgumentException">An event cannot be read, or a setting has no such value.</exception>
    public DryRun Run(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        var (options, shop) = Settings();
        List<SimulatedLine> made = [];
        var simulator = new Simulator(automations, options, shop, new MessagingOptions().MaxTriggerAge, made.Add);
        simulator.Play(Events(), start, start + time);
        return new DryRun(start, made);
    }

    private (EmailOptions, Shop) Settings()
    {
        try
        {
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
            return (
                configuration.GetSection(EmailOptions.Section).Get<EmailOptions>() ?? new(),
                configuration.GetSection(Shop.Section).Get<Shop>() ?? new()
            );
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    private IReadOnlyList<Email.Automations.Execution.AutomationEvent> Events()
    {
        try
        {
            using var reader = new StringReader(string.Join('\n', lines));
            return EventFile.Read(reader, "events");
        }
        catch (Platform.CommandLine.CommandException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    private void Add(string? customer, TimeSpan after, string name, object? data) =>
        lines.Add(
            JsonSerializer.Serialize(
                new
                {
                    at = (start + after).ToString("O", CultureInfo.InvariantCulture),
                    customer,
                    @event = name,
                    data = data ?? new { },
                }
            )
        );

    private static Automation Parse(string yaml)
    {
        var (automation, problems) = AutomationParser.Parse(yaml);
        return automation ?? throw new ArgumentException("The automation is wrong:\n  " + string.Join("\n  ", problems));
    }
}
