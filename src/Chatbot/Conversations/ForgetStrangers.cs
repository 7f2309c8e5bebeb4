using MarketingPlatform.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Conversations;

/// <summary>Deletes conversations of visitors whom nobody knows, some time after their last word: nobody could ask for their erasure.</summary>
internal sealed class ForgetStrangers(
    ChatbotDatabase database,
    IOptions<ChatbotOptions> options,
    TimeProvider clock,
    ILogger<ForgetStrangers> log
) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(
            Every,
            database,
            ForgetAsync,
            e => log.LogError(e, "Old conversations could not be deleted; trying again in an hour"),
            clock,
            stoppingToken
        );

    /// <returns>How many were deleted.</returns>
    internal Task<int> ForgetAsync(CancellationToken ct) =>
        database.ExecuteAsync(
            "delete from conversations where customer_id is null and last_at < @Before",
            new { Before = clock.GetUtcNow() - options.Value.KeepStrangers },
            ct
        );
}
