using System.CommandLine;
using MarketingPlatform.Cli.Api;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli;

internal static class Program
{
    /// <summary>A platform that is asked to stop has five seconds to leave nothing behind.</summary>
    private static readonly InvocationConfiguration Invocation = new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
    };

    internal static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("MarketingPlatform: groups customers, predicts what each will want, and acts.")
        {
            Up.UpCommand.Create(),
            Demo.DemoCommand.Create(TimeProvider.System),
            Import.ImportCommand.Create(TimeProvider.System),
            Chat.ChatCommand.Create(TimeProvider.System),
        };
        root.Evaluate().Add(Evaluate.Experiments.ExperimentCommand.Create());
        root.Evaluate().Add(Evaluate.Experiments.AssignmentCommand.Create());
        root.Evaluate().Add(Evaluate.Experiments.SampleSizeCommand.Create());
        root.Evaluate().Add(Evaluate.Experiments.PeekingCommand.Create());
        root.Evaluate().Add(Evaluate.Plots.PlotsCommand.Create());
        root.Evaluate().Add(Evaluate.Bandits.EvaluateBanditCommand.Create());
        root.Evaluate().Add(Evaluate.Bandits.TestAndRollCommand.Create());
        root.Evaluate().Add(Evaluate.Attribution.EvaluateAttributionCommand.Create(TimeProvider.System));
        root.Evaluate().Add(Evaluate.Uplift.EvaluateUpliftCommand.Create());
        root.Evaluate().Add(Evaluate.OffPolicy.EvaluatePolicyCommand.Create());
        root.Bench().Add(Bench.Experimentation.ExperimentationBenchCommand.Create(TimeProvider.System));
        root.Bench().Add(Bench.Messaging.MessagingBenchCommand.Create(TimeProvider.System));
        root.Bench().Add(Bench.Collect.CollectBenchCommand.Create(TimeProvider.System));
        root.Bench().Add(Bench.Pages.PagesBenchCommand.Create(TimeProvider.System));
        root.Bench().Add(Bench.Segments.SegmentsBenchCommand.Create(TimeProvider.System));
        root.Bench().Add(Bench.Email.EmailBenchCommand.Create(TimeProvider.System));
        root.Bench().Add(Bench.Recommend.RecommendBenchCommand.Create(TimeProvider.System));
        root.Bench().Add(Bench.Automations.AutomationsBenchCommand.Create(TimeProvider.System));
        foreach (var module in Standalone.Services.All())
            module.AddCommands(root);
        try
        {
            return await root.Parse(args).InvokeAsync(Invocation);
        }
        // Beside what a command says itself: a file that cannot be read or written, a full disk. The message names it.
        catch (Exception failure) when (failure is CommandException or IOException or UnauthorizedAccessException)
        {
            await System.Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
