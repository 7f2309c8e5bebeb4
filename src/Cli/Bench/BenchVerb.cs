using System.CommandLine;
using MarketingPlatform.LocalServers;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench;

/// <summary>What all <c>bench</c> verbs share: progress goes to standard error, what was reached is printed as text or, with <c>--json</c>, as JSON.</summary>
internal static class BenchVerb
{
    /// <param name="run">Measures; is given a line at a time to say how far it is.</param>
    /// <exception cref="CommandException">From the verb, where a server cannot be started here.</exception>
    public static Command Create<TReport>(
        string name,
        string description,
        IEnumerable<Option> options,
        Func<ParseResult, Action<string>, CancellationToken, Task<TReport>> run,
        Action<TReport, TextWriter> write
    )
        where TReport : notnull
    {
        var json = VerbOptions.Json();
        var command = new Command(name, description) { json };
        foreach (var option in options)
            command.Add(option);
        command.SetAction(
            async (parsed, ct) =>
            {
                var output = parsed.InvocationConfiguration.Output;
                try
                {
                    var report = await run(parsed, parsed.InvocationConfiguration.Error.WriteLine, ct);
                    if (parsed.GetValue(json))
                        await output.WriteJsonAsync(report);
                    else
                        write(report, output);
                    return 0;
                }
                catch (LocalServerException missing)
                {
                    throw new CommandException(missing.Message, missing);
                }
            }
        );
        return command;
    }
}
