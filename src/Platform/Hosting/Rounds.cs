using MarketingPlatform.Platform.Data;

namespace MarketingPlatform.Platform.Hosting;

/// <summary>
/// Work that a <c>BackgroundService</c> does again and again, from the moment the database can be used until the service stops. What a round
/// throws, a time-out too, is told and the next round tries again: an exception that left the service would stop the host.
/// </summary>
public static class Rounds
{
    /// <summary>A round, a rest of the same length whatever came of it, and the next round.</summary>
    /// <param name="failed">Is told what a round threw; not what comes of going down.</param>
    public static Task EveryAsync(
        TimeSpan rest,
        ServiceDatabase database,
        Func<CancellationToken, Task> round,
        Action<Exception> failed,
        TimeProvider clock,
        CancellationToken stoppingToken
    ) =>
        RunAsync(
            database,
            async ct =>
            {
                await round(ct);
                return rest;
            },
            rest,
            failed,
            clock,
            stoppingToken
        );

    /// <summary>Rounds that say themselves how long to rest.</summary>
    /// <param name="round">Returns the rest before the next one; zero where more is to be done at once.</param>
    /// <param name="restAfterFailure">The rest after a round that threw.</param>
    /// <inheritdoc cref="EveryAsync"/>
    public static async Task RunAsync(
        ServiceDatabase database,
        Func<CancellationToken, Task<TimeSpan>> round,
        TimeSpan restAfterFailure,
        Action<Exception> failed,
        TimeProvider clock,
        CancellationToken stoppingToken
    )
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(failed);
        // Nor does stopping end it with an exception: a host that is disposed without being stopped would log one as a failure.
        await database.WhenReadyAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan rest;
            try
            {
                rest = await round(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever it is, it comes of going down: the database is closed under its feet.
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) // Whatever it is, the transaction rolled back: the next round does what this one could not.
#pragma warning restore CA1031
            {
                failed(e);
                rest = restAfterFailure;
            }
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
