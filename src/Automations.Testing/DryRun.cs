using System.Globalization;
using MarketingPlatform.Email.Automations.Simulation;
using Xunit.Sdk;

namespace MarketingPlatform.Automations.Testing;

/// <summary>A mail as it was decided.</summary>
/// <param name="After">Since the start of the scenario.</param>
/// <param name="Automation">Its name.</param>
/// <param name="Step">Id of the step that sent it.</param>
/// <param name="Template">Its name.</param>
/// <param name="Outcome">sent, suppressed, failed, or waits (quiet hours and caps; another line tells the end).</param>
/// <param name="Reason">Why it was not sent.</param>
public sealed record DryRunMail(TimeSpan After, string Automation, string Step, string Template, string Outcome, string? Reason);

/// <summary>A step of a customer's journey, or why none began.</summary>
/// <param name="After">Since the start of the scenario.</param>
/// <param name="Automation">Its name.</param>
/// <param name="Step">Its id; <c>entry</c> for the entry and for who was not let in.</param>
/// <param name="Kind">Of the step (wait, if, send, …), or entry, goal, exit, end; the gate where somebody was not let in.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Detail">What was seen.</param>
public sealed record DryRunStep(TimeSpan After, string Automation, string Step, string Kind, string Outcome, string? Detail);

/// <summary>What the automations did to the customers of a scenario.</summary>
public sealed class DryRun
{
    private readonly DateTimeOffset start;
    private readonly ILookup<Guid, SimulatedLine> lines;

    internal DryRun(DateTimeOffset start, IEnumerable<SimulatedLine> made) =>
        (this.start, lines) = (start, made.ToLookup(line => line.Customer));

    /// <summary>Mails that a customer gets, first first.</summary>
    /// <param name="customer">As the scenario names them.</param>
    public IReadOnlyList<DryRunMail> MailsTo(string customer) => [.. DecidedFor(customer).Where(mail => mail.Outcome == "sent")];

    /// <summary>Mails that were decided about, those that do not leave too.</summary>
    /// <param name="customer">As the scenario names them.</param>
    public IReadOnlyList<DryRunMail> DecidedFor(string customer) =>
        [
            .. Of(customer)
                .Where(line => line.What == "mail")
                .Select(line => new DryRunMail(line.At - start, line.Automation, line.Node, line.Kind, line.Result, line.Detail)),
        ];

    /// <summary>Each step of a customer's journeys, and who did not let them in.</summary>
    /// <param name="customer">As the scenario names them.</param>
    public IReadOnlyList<DryRunStep> StepsOf(string customer) =>
        [
            .. Of(customer)
                .Where(line => line.What != "mail")
                .Select(line => new DryRunStep(line.At - start, line.Automation, line.Node, line.Kind, line.Result, line.Detail)),
        ];

    /// <summary>Fails unless a customer gets exactly these mails, in this order.</summary>
    /// <param name="customer">As the scenario names them.</param>
    /// <param name="expected">When, since the start, and which template.</param>
    public DryRun Sends(string customer, params IReadOnlyList<(TimeSpan After, string Template)> expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (!MailsTo(customer).Select(mail => (mail.After, mail.Template)).SequenceEqual(expected))
            Fail(
                customer,
                expected.Count == 0 ? "no mail" : string.Join(", ", expected.Select(mail => $"{mail.Template} after {Time(mail.After)}"))
            );
        return this;
    }

    /// <summary>Fails unless all journeys of a customer through an automation ended so: <c>finished</c>, <c>goal</c>, <c>exit</c>, or a reason that the file gives.</summary>
    /// <param name="customer">As the scenario names them.</param>
    /// <param name="automation">Its name.</param>
    /// <param name="outcome">How it ended.</param>
    public DryRun Ends(string customer, string automation, string outcome)
    {
        var ends = StepsOf(customer).Where(step => step.Automation == automation && step.Kind is "goal" or "exit" or "end").ToArray();
        if (ends.Length == 0 || ends.Any(step => step.Outcome != outcome))
            Fail(customer, $"{automation} to end with '{outcome}'");
        return this;
    }

    /// <summary>What happened to a customer, a line each: what a test that fails shows.</summary>
    /// <param name="customer">As the scenario names them.</param>
    public string Story(string customer) =>
        string.Join(
            '\n',
            Of(customer)
                .Select(line =>
                    $"{Time(line.At - start), 12}  {line.Automation}  {line.Node}  {line.Kind}  {line.Result}  {line.Detail}".TrimEnd()
                )
                .DefaultIfEmpty("nothing: no automation heard of this customer")
        );

    private IEnumerable<SimulatedLine> Of(string customer) => lines[EventFile.CustomerId(customer)];

    private void Fail(string customer, string expected) =>
        throw new XunitException($"Expected for {customer}: {expected}.\nWhat happened:\n{Story(customer)}");

    private static string Time(TimeSpan after) =>
        after.ToString(after.Days > 0 ? @"d\d\ hh\:mm" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);
}
