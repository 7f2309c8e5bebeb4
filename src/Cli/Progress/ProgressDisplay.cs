using Spectre.Console;

namespace MarketingPlatform.Cli.Progress;

/// <summary>How far a piece of work is.</summary>
/// <param name="Fraction">0 to 1.</param>
/// <param name="Text">What is done, in words.</param>
internal readonly record struct Step(double Fraction, string Text);

/// <summary>A bar on a terminal, a line now and then elsewhere; on standard error, so that output stays what was asked for.</summary>
internal sealed class ProgressDisplay(TextWriter plain, IAnsiConsole? terminal)
{
    public static ProgressDisplay ForThisProcess() =>
        new(
            System.Console.Error,
            System.Console.IsErrorRedirected || System.Console.IsOutputRedirected
                ? null
                : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) })
        );

    public async Task<T> RunAsync<T>(string title, Func<IProgress<Step>, Task<T>> work)
    {
        if (terminal is not { Profile.Capabilities.Interactive: true })
            return await work(new Lines(title, plain));

        return await terminal
            .Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                var result = await work(new Bar(title, task));
                task.Value = 1;
                return result;
            });
    }

    private sealed class Bar(string title, ProgressTask task) : IProgress<Step>
    {
        public void Report(Step value)
        {
            lock (task)
            {
                task.Description = Markup.Escape($"{title}: {value.Text}");
                task.Value = Math.Max(task.Value, Math.Min(value.Fraction, 0.999));
            }
        }
    }

    /// <summary>A line every tenth of the way.</summary>
    private sealed class Lines(string title, TextWriter output) : IProgress<Step>
    {
        private readonly Lock _writing = new();
        private int _tenths = -1;

        public void Report(Step value)
        {
            lock (_writing)
            {
                var tenths = (int)(10 * value.Fraction);
                if (tenths <= _tenths)
                    return;
                _tenths = tenths;
                output.WriteLine($"{title}: {value.Text} ({10 * Math.Min(tenths, 10)} %)");
            }
        }
    }
}
