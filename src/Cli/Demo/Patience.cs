using MarketingPlatform.Cli.Api;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Demo;

/// <summary>Asks again until there is an answer; the platform's services work behind one another.</summary>
internal static class Patience
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <param name="what">Ends the sentence "Waited 5 minutes for …".</param>
    /// <param name="probe">Null: not yet.</param>
    /// <exception cref="CommandException">The time is up.</exception>
    public static async Task<T> UntilAsync<T>(
        string what,
        TimeSpan limit,
        Func<Task<T?>> probe,
        TextWriter output,
        TimeProvider clock,
        CancellationToken ct
    )
        where T : class
    {
        var began = clock.GetTimestamp();
        for (var probes = 0; ; probes++)
        {
            if (await probe() is { } found)
                return found;
            if (clock.GetElapsedTime(began) > limit)
                throw new CommandException(
                    $"Waited {limit.TotalMinutes:0.#} minutes for {what}, in vain. The log of ./marketing up says why."
                );
            if (probes == 4)
                output.WriteLine($"Waiting for {what} …");
            await Task.Delay(Pause, clock, ct);
        }
    }
}
