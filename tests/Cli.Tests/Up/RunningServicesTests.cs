using MarketingPlatform.Cli.Up;
using MarketingPlatform.Standalone;
using Xunit;

namespace MarketingPlatform.Cli.Tests.Up;

public sealed class RunningServicesTests : IDisposable
{
    private static readonly RunningService Email = new(7, new Uri("http://127.0.0.1:1"), "Email.dll");

    private readonly string folder = Directory.CreateTempSubdirectory("marketing-running-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_list_that_cannot_be_written_is_said_and_ends_nothing_and_the_next_one_is_whole()
    {
        using var data = DataFolder.Open(folder);
        using var said = new StringWriter();
        var running = new RunningServices(data, null, said);
        // As a full disk does: the draft cannot be written.
        var inTheWay = Directory.CreateDirectory(Path.Combine(folder, "standalone.json.new"));

        running.Started("email", Email);

        Assert.StartsWith("email runs as process 7, which could not be written into " + folder, said.ToString(), StringComparison.Ordinal);
        inTheWay.Delete();
        running.Started("ads", Email with { Pid = 8 });
        Assert.Equal([7, 8], data.ReadLeftRunFile()!.Services!.Values.Select(service => service.Pid).Order());
    }
}
