using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Events;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sending.Timing;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary>One line of what a simulation did.</summary>
/// <param name="What">step, mail or refused.</param>
/// <param name="Kind">Of the step; for mails the template.</param>
internal sealed record SimulatedLine(
    DateTimeOffset At,
    Guid Customer,
    string Automation,
    string Key,
    string What,
    string Node,
    string Kind,
    string Result,
    string? Detail
);

/// <summary>
/// Runs automations on a virtual clock: the executor, the rules of entry and the gates before a mail are the service's own; only what
/// keeps them (the database, the queue) is memory here. Nothing leaves.
/// </summary>
/// <param name="observe">Told each line as it happens.</param>
internal sealed class Simulator(
    IReadOnlyList<Automation> automations,
    EmailOptions options,
    Shop shop,
    TimeSpan maxTriggerAge,
    Action<SimulatedLine> observe
)
{
    private readonly Plans plans = Plans.Of([.. automations.Select(automation => new Plan(automation, 1))], []);
    private readonly Dictionary<Guid, SimulatedPerson> people = [];
    private readonly Dictionary<Guid, (Journey Journey, SimulatedPerson Person)> waiting = [];
    private readonly PriorityQueue<(Guid Journey, PendingMail? Mail), (DateTimeOffset At, long Order)> timers = new();
    private readonly Dictionary<(string Trait, string Day), HashSet<SimulatedPerson>> byDay = [];
    private readonly Dictionary<string, long> entries = [];
    private readonly SimulatedRhythms rhythms = new();
    private readonly SimulatedCatalogue catalogue = new();
    private readonly TimeZoneInfo shopZone = LocalTimes.IsUnknown(shop.TimeZone, TimeZoneInfo.Utc, out var zone) ? TimeZoneInfo.Utc : zone;
    private readonly HoldOutRules holdOuts = options.HoldOut.Rules;
    private DateTimeOffset now;
    private DateTimeOffset looked;
    private long order;
    private long ids;

    private static readonly TimeSpan DateLook = TimeSpan.FromMinutes(5);

    /// <summary>Journeys that have begun, those held out not counted.</summary>
    public long Entered { get; private set; }

    public int People => people.Count;

    /// <summary>Steps that were made.</summary>
    public long Steps { get; private set; }

    public long Mails { get; private set; }

    /// <summary>Plays events, which come in order of time, and the timers between them.</summary>
    public void Play(IEnumerable<AutomationEvent> events, DateTimeOffset from, DateTimeOffset to)
    {
        (now, looked) = (from, from);
        foreach (var happened in events)
        {
            if (happened.At >= to)
                break;
            if (happened.At < from)
                continue;
            PassTo(happened.At);
            now = happened.At;
            Hear(happened);
        }
        PassTo(to);
        now = to;
    }

    private void Hear(AutomationEvent happened)
    {
        if (happened.Name == SimulatedCatalogue.ProductChanged)
        {
            foreach (var (customer, news) in catalogue.Learn(happened, now))
                Round(PersonOf(customer), news with { Id = NextId() });
            return;
        }
        var person = PersonOf(happened.CustomerId);
        person.Learn(happened, plans.Remembers);
        if (happened.Name == EventNames.ProfileChanged)
            NoteDates(person);
        catalogue.Watch(happened);
        if (happened.Name == EventNames.Order)
            rhythms.Learn(person.Id, happened, FactsReader.FewestGaps);
        if (happened.Name is EventNames.ProfileChanged or EventNames.ConsentChanged)
            Subscribe(person);
        Round(person, happened);
        if (happened.Name == EventNames.ConsentChanged && person.ToPerson().ConsentGranted == false)
            Round(person, happened with { Name = EventNames.Unsubscribed });
    }

    private void Subscribe(SimulatedPerson person)
    {
        var known = person.ToPerson();
        if (Subscribing.Decide(known, maxTriggerAge, now))
            Round(person, new(NextId(), person.Id, EventNames.Subscribed, known.ConsentAt!.Value, EventData.Empty));
    }

    private void Round(SimulatedPerson person, AutomationEvent happened)
    {
        if (!plans.Names.Contains(happened.Name))
            return;
        var round = PersonRound.Handle(
            plans,
            happened,
            person.Id,
            [.. person.UnderWay],
            (automation, key) => person.Earlier.GetValueOrDefault((automation, key), EarlierJourneys.None),
            holdOuts,
            entries,
            NextId,
            now - happened.At <= maxTriggerAge,
            now,
            person.Facts(rhythms.Medians)
        );
        foreach (var transition in round.Moved)
            Apply(person, transition);
        foreach (var transition in round.Entered)
        {
            if (transition.Journey.Outcome != Outcomes.HeldOut)
                Entered++;
            Apply(person, transition);
        }
        foreach (var refusal in round.Refused)
            observe(new(now, person.Id, refusal.Automation, refusal.Key, "refused", "entry", refusal.Gate, "no", refusal.Observed));
    }

    private void Apply(SimulatedPerson person, Transition transition)
    {
        var journey = transition.Journey;
        var at = person.UnderWay.FindIndex(one => one.Id == journey.Id);
        if (at >= 0 && journey.Outcome is null)
            person.UnderWay[at] = journey;
        else if (at >= 0)
            person.UnderWay.RemoveAt(at);
        else if (journey.Outcome is null)
            person.UnderWay.Add(journey);
        person.Earlier[(journey.Automation, journey.Key)] = new(journey.Generation, journey.Outcome is null, journey.EnteredAt);
        if (journey is { Outcome: null, WakeAt: { } due })
        {
            waiting[journey.Id] = (journey, person);
            timers.Enqueue((journey.Id, null), (due, order++));
        }
        else
            waiting.Remove(journey.Id);
        foreach (var line in transition.Trace)
        {
            Steps++;
            observe(new(now, person.Id, journey.Automation, journey.Key, "step", line.Node, line.Kind, line.Result, line.Detail));
        }
        foreach (var effect in transition.Effects)
            if (effect is Effect.SendMail send)
                Decide(new(person, journey, send, plans.Find(journey.Automation, journey.Version)!.Automation.Purpose, now));
            else if (effect is Effect.SetTrait trait)
                person.Give(trait.Name, JsonSerializer.Deserialize<JsonElement>(trait.Value));
    }

    // The gates of the sending engine, in its order.
    private void Decide(PendingMail mail)
    {
        var known = mail.Person.ToPerson();
        var decision = SendDecision.Decide(known, mail.Purpose, mail.DueAt, options, now);
        if (decision is SendDecision.Send)
            decision = SendDecision.DecideTiming(mail.Purpose, mail.Person.Mails, mail.Person.Zone, options, now);
        switch (decision)
        {
            case SendDecision.Send:
                mail.Person.Mails.Add(new(mail.Person.Id, mail.Purpose, now));
                Mails++;
                Tell(mail, "sent", null);
                break;
            case SendDecision.Wait wait:
                var until = wait.Until ?? now + options.WaitForRecipient;
                timers.Enqueue((default, wait.Until is null ? mail : mail with { DueAt = until }), (until, order++));
                Tell(mail, "waits", wait.Reason);
                break;
            case SendDecision.Suppress suppress:
                Tell(mail, "suppressed", suppress.Reason);
                break;
            case SendDecision.GiveUp giveUp:
                Tell(mail, "failed", giveUp.Reason);
                break;
        }
    }

    private void Tell(PendingMail mail, string result, string? reason) =>
        observe(
            new(now, mail.Person.Id, mail.Journey.Automation, mail.Journey.Key, "mail", mail.Send.Node, mail.Send.Template, result, reason)
        );

    private void PassTo(DateTimeOffset moment)
    {
        while (true)
        {
            var next = timers.TryPeek(out _, out var priority) ? priority.At : DateTimeOffset.MaxValue;
            if (
                plans.Open.Any(plan => plan.Automation.Trigger is Trigger.OnDate)
                && looked + DateLook <= moment
                && looked + DateLook < next
            )
            {
                now = looked += DateLook;
                LookAtDates();
                continue;
            }
            if (next > moment)
                return;
            var (id, mail) = timers.Dequeue();
            if (next > now)
                now = next;
            if (mail is not null)
                Decide(mail);
            else if (waiting.TryGetValue(id, out var entry) && entry.Journey.WakeAt <= now)
                Apply(
                    entry.Person,
                    Executor.Step(
                        plans.Find(entry.Journey.Automation, entry.Journey.Version)!,
                        entry.Journey,
                        null,
                        now,
                        entry.Person.Facts(rhythms.Medians)
                    )
                );
        }
    }

    // As the service does every five minutes; nobody is told twice.
    private void LookAtDates()
    {
        foreach (var plan in plans.Open)
            if (plan.Automation.Trigger is Trigger.OnDate trigger)
                foreach (
                    var person in Anniversary
                        .Candidates(trigger, now)
                        .SelectMany(day => byDay.GetValueOrDefault((trigger.Trait, day), []))
                        .ToArray()
                )
                    if (
                        Anniversary.Last(trigger, person.Trait(trigger.Trait), person.Zone, now - maxTriggerAge, now) is { } day
                        && !person.Earlier.ContainsKey((plan.Name, day.Occasion))
                    )
                        Round(
                            person,
                            new(
                                NextId(),
                                person.Id,
                                plan.TriggerEvent,
                                day.At,
                                JsonSerializer.SerializeToElement(new Dictionary<string, string> { [EventData.Occasion] = day.Occasion })
                            )
                        );
    }

    private void NoteDates(SimulatedPerson person)
    {
        foreach (var trigger in plans.Open.Select(plan => plan.Automation.Trigger).OfType<Trigger.OnDate>())
            if (person.Trait(trigger.Trait) is { Length: >= 10 } date)
            {
                if (!byDay.TryGetValue((trigger.Trait, date[4..10]), out var born))
                    byDay[(trigger.Trait, date[4..10])] = born = [];
                born.Add(person);
            }
    }

    private SimulatedPerson PersonOf(Guid id)
    {
        if (!people.TryGetValue(id, out var person))
            people[id] = person = new(id, shopZone);
        return person;
    }

    private Guid NextId() => new((int)(++ids >> 32), 0, 0, [.. BitConverter.GetBytes(ids)]);

    private sealed record PendingMail(SimulatedPerson Person, Journey Journey, Effect.SendMail Send, string Purpose, DateTimeOffset DueAt);
}
