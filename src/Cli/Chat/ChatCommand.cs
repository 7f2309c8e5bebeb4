using System.CommandLine;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Chat;

/// <summary><c>./marketing chat</c>: talks with the bot of a running platform, as a visitor of the shop would.</summary>
internal static class ChatCommand
{
    public static Command Create(TimeProvider clock)
    {
        var url = new Option<string>("--url")
        {
            Description = "The public door of the platform.",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
        };
        var token = new Option<string?>("--token")
        {
            Description = "A visitor token that the shop's server signed; without one you are a stranger.",
        };
        var command = new Command(
            "chat",
            "Talks with the bot in the terminal. An empty line or /end ends it, /bot goes back from a person to the bot."
        )
        {
            url,
            token,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                if (!Uri.TryCreate(parsed.GetValue(url), UriKind.Absolute, out var door) || door.Scheme is not ("http" or "https"))
                    throw new CommandException("--url must be an address like http://127.0.0.1:8080.");
                using var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })
                {
                    BaseAddress = door,
                    Timeout = Timeout.InfiniteTimeSpan,
                };
                var talk = new TerminalTalk(http, System.Console.In, parsed.InvocationConfiguration.Output, clock);
                await talk.RunAsync(parsed.GetValue(token), ct);
                return 0;
            }
        );
        return command;
    }
}
