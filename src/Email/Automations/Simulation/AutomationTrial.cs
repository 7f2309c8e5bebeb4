using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Email.Automations.Simulation;

/// <summary>
/// Tries an automation in a running service: on an invented shop of 1,000 customers over the last 90 days, the same for both versions. One
/// trial at a time, and nobody waits for one longer than <see cref="EmailOptions.TrialTimeout"/>: a file may ask for millions of steps.
/// </summary>
internal sealed class AutomationTrial(IOptions<EmailOptions> options, IOptions<Shop> shop, TimeProvider clock) : IDisposable
{
    public const int Customers = 1_000;
    public const int Days = 90;
    private const int Seed = 1;

    private readonly SemaphoreSlim one = new(1, 1);

    public void Dispose() => one.Dispose();

    /// <returns>The difference; without counts where the trial would have taken too long.</returns>
    public async Task<Difference> TryAsync(Automation? before, Automation after, CancellationToken ct)
    {
        var difference = Difference.Of(before, after);
        using var budget = new CancellationTokenSource(options.Value.TrialTimeout, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, budget.Token);
        try
        {
            await one.WaitAsync(stop.Token);
            try
            {
                return await Task.Run(() => Try(difference, before, after, stop.Token), stop.Token);
            }
            finally
            {
                one.Release();
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return difference;
        }
    }

    private Difference Try(Difference difference, Automation? before, Automation after, CancellationToken stop)
    {
        var to = clock.GetUtcNow();
        var from = to.AddDays(-Days);
        var events = new ShopLife(Customers, Seed).Between(from, to);
        SimulationRun Run(params Automation[] automations) =>
            SimulationRun.Of(automations, events, from, to, _ => stop.ThrowIfCancellationRequested(), (options.Value, shop.Value));
        return difference.With(before is null ? Run() : Run(before), Run(after));
    }
}
