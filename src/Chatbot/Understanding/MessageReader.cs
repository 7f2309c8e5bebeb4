using Microsoft.Extensions.Options;

namespace MarketingPlatform.Chatbot.Understanding;

/// <summary>Understands a message: its language, what it wants, what it names. The one door of this folder for the dialogue.</summary>
internal sealed class MessageReader(ServingModel serving, IOptions<ChatbotOptions> options, TimeProvider clock)
{
    /// <returns>Null where no model came in time: the service has only just started for the very first time.</returns>
    public async Task<Understood?> ReadAsync(string text, CancellationToken ct)
    {
        var model = await serving.WaitAsync(options.Value.WaitForModel, clock, ct);
        return model?.Understand(text);
    }
}
