using System.CommandLine;

namespace MarketingPlatform.Platform.CommandLine;

/// <summary>The verbs that several rooms add to: <c>marketing evaluate …</c> and <c>marketing bench …</c>.</summary>
public static class Verbs
{
    /// <summary>Accuracy on public data.</summary>
    public static Command Evaluate(this Command root) =>
        root.Verb("evaluate", "Measure how good the platform's decisions are, on a file of your own or a public data set.");

    /// <summary>Speed and memory on this machine.</summary>
    public static Command Bench(this Command root) =>
        root.Verb("bench", "Measure the platform on this machine, beside what the machine does without it.");

    /// <summary>The verb of that name, made when it is not there yet.</summary>
    private static Command Verb(this Command root, string name, string description)
    {
        ArgumentNullException.ThrowIfNull(root);
        if (root.Subcommands.FirstOrDefault(command => command.Name == name) is { } there)
            return there;
        var verb = new Command(name, description);
        root.Add(verb);
        return verb;
    }
}
