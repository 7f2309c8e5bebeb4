using System.CommandLine;
using System.Text.Json.Nodes;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Evaluate;

/// <summary>Runs a verb of <c>evaluate</c> on files in a folder of its own.</summary>
internal sealed class CommandRun(Command command) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("marketing-evaluate-").FullName;

    /// <summary>The path of a file in the folder, there or not.</summary>
    public string In(string name) => Path.Combine(_folder, name);

    /// <returns>The path of the file.</returns>
    public string Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }

    /// <returns>What the command printed.</returns>
    public async Task<string> TextAsync(params string[] args)
    {
        var parsed = command.Parse(args);
        Assert.Empty(parsed.Errors);
        var output = new StringWriter();
        var settings = new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false };
        Assert.Equal(0, await parsed.InvokeAsync(settings, TestContext.Current.CancellationToken));
        return output.ToString();
    }

    /// <returns>The one JSON document that the command printed.</returns>
    public async Task<JsonNode> JsonAsync(params string[] args) => JsonNode.Parse(await TextAsync([.. args, "--json"]))!;

    /// <returns>The sentence with which the command ends.</returns>
    public async Task<string> FailureAsync(params string[] args) =>
        (await Assert.ThrowsAsync<CommandException>(() => TextAsync(args))).Message;

    /// <returns>What is wrong with the command line itself.</returns>
    public string Refusal(params string[] args) => string.Join('\n', command.Parse(args).Errors.Select(error => error.Message));

    /// <summary>A file of <c>shared/data</c> beside the repository; skips the test where it is not there.</summary>
    public static string Shared(params string[] parts)
    {
        var file = SharedData.Find(parts);
        Assert.SkipWhen(file is null, SharedData.Missing);
        return file!;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
