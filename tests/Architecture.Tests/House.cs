using System.Reflection;
using MarketingPlatform.Architecture.Tests.Rules;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.TestInfrastructure;
using Xunit;

// Hosts share MassTransit's static log.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace MarketingPlatform.Architecture.Tests;

/// <summary>The rooms of the house as they were compiled.</summary>
internal static class House
{
    public static Assembly Load(string project) => Assembly.Load(new AssemblyName(project));

    public static Compiled Compiled(string project) => Rules.Compiled.Of(Load(project));

    /// <summary>A service's door, made as its own <c>Main</c> makes it.</summary>
    public static IServiceModule Module(ServiceSource service)
    {
        var door = Load(service.Project).GetType($"{service.Project}.{service.Folder}Module", throwOnError: true)!;
        return (IServiceModule)Activator.CreateInstance(door)!;
    }

    /// <summary>Theory data: one row a service.</summary>
    public static TheoryData<string> ServiceFolders() => [.. SourceTree.Services.Select(service => service.Folder)];

    public static ServiceSource Service(string folder) => SourceTree.Services.Single(service => service.Folder == folder);
}
