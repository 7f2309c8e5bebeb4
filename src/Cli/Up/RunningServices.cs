using MarketingPlatform.Standalone;

namespace MarketingPlatform.Cli.Up;

/// <summary>Which process is which service now, kept in the data folder: a restart changes it.</summary>
internal sealed class RunningServices(DataFolder data, int? postgresPid, TextWriter output)
{
    private readonly Dictionary<string, RunningService> services = [];

    public void Started(string name, RunningService service)
    {
        lock (services)
        {
            services[name] = service;
            try
            {
                data.WriteRunFile(postgresPid, services);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full disk must not end a platform that runs: the list serves those who measure, and clears up after a kill.
                output.WriteLine($"{name} runs as process {service.Pid}, which could not be written into {data.Path}: {e.Message}");
            }
        }
    }
}
