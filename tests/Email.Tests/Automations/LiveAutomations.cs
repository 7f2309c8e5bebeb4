using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Contracts.Segmentation;
using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Events;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Automations.Simulation;
using MarketingPlatform.Email.Coupons;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Segments;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations;

/// <summary>
/// The consumers and timers of the service on its real database, by a clock of the test's own. That clock runs in the future, so that the
/// hosted service, whose clock is the real one, finds nothing due.
/// </summary>
internal sealed class LiveAutomations
{
    private readonly RunningEmail email;
    private readonly AutomationIntake intake;
    private readonly Subscribing subscribing;
    private readonly Orders orders;
    private readonly EffectWriter effects;
    private readonly FactsReader facts;
    private readonly IOptions<MessagingOptions> messaging = Options.Create(new MessagingOptions());
    private long version;

    public LiveAutomations(RunningEmail email, DateTimeOffset start, HoldOutOptions? holdOut = null)
    {
        this.email = email;
        Clock = new FakeTimeProvider(start);
        Store = new AutomationStore(email.Database, Clock);
        var options = Options.Create(new EmailOptions { HoldOut = holdOut ?? new() });
        facts = new FactsReader(Options.Create(new Shop()));
        effects = new EffectWriter(new MailQueue(options, Clock));
        intake = new AutomationIntake(Store, facts, effects, options, messaging, Clock);
        subscribing = new Subscribing(intake, messaging, Clock);
        orders = new Orders(intake);
    }

    public FakeTimeProvider Clock { get; }

    public AutomationStore Store { get; }

    private EmailDatabase Database => email.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public JourneyTimers NewTimers() => new(Database, Store, facts, effects, Clock, NullLogger<JourneyTimers>.Instance);

    public DateTriggers NewDates() =>
        new(Database, Store, intake, messaging, Options.Create(new Shop()), Clock, NullLogger<DateTriggers>.Instance);

    public async Task SavesAsync(string yaml)
    {
        await Store.ReadyAsync(Ct);
        var (automation, problems) = MarketingPlatform.Email.Automations.Definition.AutomationParser.Parse(yaml);
        Assert.Empty(problems);
        await Store.SaveAsync(automation!, yaml, "shop", null, Ct);
    }

    public async Task TurnsOnAsync(IEnumerable<string> names)
    {
        await Store.ReadyAsync(Ct);
        var wanted = names.ToHashSet();
        foreach (var stored in await Store.AllAsync(Ct))
            await Store.SwitchAsync(stored.Name, wanted.Contains(stored.Name), Ct);
    }

    public async Task HearsAsync(AutomationEvent happened)
    {
        await using var work = await Database.BeginAsync(Ct);
        await ConsumeAsync(happened, work);
        await work.CommitAsync(Ct);
    }

    /// <summary>Moves the clock, and does on the way what is due.</summary>
    public async Task PassesToAsync(DateTimeOffset moment)
    {
        var timers = NewTimers();
        while (true)
        {
            var next = await Database.QuerySingleOrDefaultAsync<DateTimeOffset?>(
                "select min(wake_at) from journeys where outcome is null",
                null,
                Ct
            );
            if (next is not { } due || due > moment)
                break;
            if (due > Clock.GetUtcNow())
                Clock.SetUtcNow(due);
            await timers.WakeAsync(Ct);
        }
        if (moment > Clock.GetUtcNow())
            Clock.SetUtcNow(moment);
    }

    private Task ConsumeAsync(AutomationEvent e, UnitOfWork work)
    {
        string? Text(string name) => EventData.Text(e.Data, name);
        Received<T>[] Of<T>(T message) => [new(e.Id, message, null, e.At)];
        CartLine[] lines = e.Data.TryGetProperty("lines", out var given)
            ? JsonSerializer.Deserialize<CartLine[]>(given, Json.Options)!
            : [];
        return e.Name switch
        {
            EventNames.ProfileChanged => new CustomerProfileChangedConsumer(
                null!,
                email.Service<SigningKeys>(),
                subscribing,
                intake
            ).HandleAsync(
                Of(
                    new CustomerProfileChanged(
                        e.CustomerId,
                        ++version,
                        null,
                        Text("email"),
                        Text("first_name"),
                        null,
                        null,
                        null,
                        Text("country"),
                        null,
                        null,
                        Text("time_zone"),
                        e.At,
                        e.At,
                        Text("birthday") is { } day ? DateOnly.ParseExact(day, "yyyy-MM-dd", null) : null
                    )
                ),
                work,
                Ct
            ),
            EventNames.ConsentChanged => new ConsentChangedConsumer(null!, subscribing, intake).HandleAsync(
                Of(
                    new ConsentChanged(
                        e.CustomerId,
                        ConsentPurposes.EmailMarketing,
                        e.Data.GetProperty("granted").GetBoolean(),
                        "form",
                        e.At
                    )
                ),
                work,
                Ct
            ),
            EventNames.CartAbandoned => new CartAbandonedConsumer(null!, intake, messaging, Clock).HandleAsync(
                Of(new CartAbandoned(e.CustomerId, Text("cart_id")!, lines, 22, "EUR", e.At, e.At)),
                work,
                Ct
            ),
            EventNames.Order => new OrderPlacedConsumer(null!, orders).HandleAsync(
                Of(new OrderPlaced(e.CustomerId, Text("order_id")!, lines, 22, "EUR", null, e.At)),
                work,
                Ct
            ),
            EventNames.SegmentEntered => new SegmentEnteredConsumer(null!, intake).HandleAsync(
                Of(new SegmentEntered(e.CustomerId, default, Text("segment")!, e.At)),
                work,
                Ct
            ),
            EventNames.SegmentLeft => new SegmentLeftConsumer(null!, intake).HandleAsync(
                Of(new SegmentLeft(e.CustomerId, default, Text("segment")!, e.At)),
                work,
                Ct
            ),
            EventNames.MailClicked => new EmailClickedConsumer(null!, intake).HandleAsync(
                Of(new EmailClicked(e.Id, default, e.CustomerId, Text("template")!, "https://tea.example", MailEventLabels.Human, e.At)),
                work,
                Ct
            ),
            SimulatedCatalogue.ProductChanged => new ProductChangedConsumer(null!, intake, Clock).HandleAsync(
                Of(
                    new ProductChanged(
                        Text("product_id")!,
                        ++version,
                        Text("name")!,
                        null,
                        e.Data.GetProperty("price").GetDecimal(),
                        "EUR",
                        null,
                        null,
                        e.Data.GetProperty("in_stock").GetBoolean(),
                        e.At
                    )
                ),
                work,
                Ct
            ),
            _ => new BehaviourConsumer(null!, intake).HandleAsync(
                Of(new BehaviourBatch([new(e.Id, e.CustomerId, "track", e.Name, Text("product_id"), null, e.Data, e.At)])),
                work,
                Ct
            ),
        };
    }
}
