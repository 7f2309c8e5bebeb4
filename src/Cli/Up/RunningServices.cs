using MarketingPlatform.Standalone;

namespace MarketingPlatform.Cli.Up;

/// <summary>Which process is which service now, kept in the data folder: a restart changes it.</summary>
internal sealed class RunningServices(DataFolder data, int? postgresPid)
{
    private readonly Dictionary<string, RunningService> services = [];

    public void Started(string name, RunningService service)
    {
        lock (services)
        {
            services[name] = service;
            data.WriteRunFile(postgresPid, services);
        }
    }
}
