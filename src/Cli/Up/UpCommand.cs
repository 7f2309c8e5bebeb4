using System.CommandLine;
using MarketingPlatform.Standalone;

namespace MarketingPlatform.Cli.Up;

/// <summary><c>marketing up</c>: the whole platform in this process.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port")
        {
            Description = "Port of the public door on 127.0.0.1.",
            DefaultValueFactory = _ => StandaloneOptions.DefaultPort,
        };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 65535)
                result.AddError("--port must be from 1 to 65535.");
        });
        var data = new Option<string>("--data")
        {
            Description = "Folder for keys, mails and the private database.",
            DefaultValueFactory = _ => StandaloneOptions.DefaultDataFolder,
        };
        var noInstall = new Option<bool>("--no-install") { Description = "Never install PostgreSQL; say what is missing instead." };
        var distributed = new Option<bool>("--distributed") { Description = "Each service as its own process, over RabbitMQ." };
        var command = new Command(
            "up",
            "Start every service, in one process unless told otherwise, on a private PostgreSQL or on given connection strings."
        )
        {
            port,
            data,
            noInstall,
            distributed,
        };
        command.SetAction(
            (parsed, ct) =>
            {
                var options = new StandaloneOptions
                {
                    Port = parsed.GetValue(port),
                    DataFolder = parsed.GetValue(data)!,
                    AllowInstall = !parsed.GetValue(noInstall),
                };
                return parsed.GetValue(distributed)
                    ? DistributedHost.RunAsync(options, System.Console.Out, ct)
                    : StandaloneHost.RunAsync(options, System.Console.Out, ct);
            }
        );
        return command;
    }
}
