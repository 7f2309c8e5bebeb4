namespace MarketingPlatform.Email.Automations.Forecast;

/// <summary>Somebody waits for the plan with a page open: what takes too long is left out of it, and it says so.</summary>
internal static class Patience
{
    /// <returns>What was asked for, or the answer for who will not wait longer.</returns>
    public static async Task<T> WithinAsync<T>(
        TimeSpan time,
        TimeProvider clock,
        Func<CancellationToken, Task<T>> ask,
        Func<T> tooLong,
        CancellationToken ct
    )
    {
        using var budget = new CancellationTokenSource(time, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, budget.Token);
        try
        {
            return await ask(stop.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return tooLong();
        }
    }
}
