using System.CommandLine;

namespace MarketingPlatform.Platform.CommandLine;

/// <summary>Options that look alike in every verb that has them.</summary>
public static class VerbOptions
{
    /// <summary><c>--json</c>: standard output then holds one JSON document and nothing else; progress goes to standard error.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON and nothing else to standard output." };

    /// <summary>A whole number; outside of the range the command is refused with a sentence that says so.</summary>
    public static Option<int> Ranged(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
                result.AddError($"{name} must be between {least} and {most}; {value} is not.");
        });
        return option;
    }
}
