using MarketingPlatform.Architecture.Tests.Rules;
using Xunit;

namespace MarketingPlatform.Architecture.Tests;

public class DoorsTests
{
    [Theory]
    [MemberData(nameof(House.ServiceFolders), MemberType = typeof(House))]
    public void The_module_is_the_only_public_type_of_a_service_and_the_rest_is_sealed(string folder) =>
        Assert.Empty(Doors.Violations(House.Load(House.Service(folder).Project).GetTypes(), folder + "Module"));

    [Fact]
    public void A_public_type_beside_the_door_is_reported() =>
        Assert.Equal(
            [$"{typeof(PlantedWindow).FullName} is public: make it internal, the module is the only door"],
            Doors.Violations([typeof(PlantedModule), typeof(PlantedWindow)], nameof(PlantedModule))
        );

    [Fact]
    public void A_class_that_anybody_could_derive_from_is_reported() =>
        Assert.Equal(
            [$"{typeof(PlantedOpen).FullName} is not sealed"],
            Doors.Violations([typeof(PlantedModule), typeof(PlantedOpen), typeof(PlantedBase), typeof(PlantedHeir)], nameof(PlantedModule))
        );

    [Fact]
    public void A_page_is_public_because_Razor_makes_it_so() =>
        Assert.Empty(Doors.Violations([typeof(PlantedModule), typeof(PlantedPage)], nameof(PlantedModule)));

    [Fact]
    public void A_service_without_its_door_is_reported() =>
        Assert.Equal(["the door PlantedModule is missing or not public"], Doors.Violations([typeof(PlantedHeir)], nameof(PlantedModule)));
}

public sealed class PlantedModule;

public sealed class PlantedWindow;

public class PlantedPage : Microsoft.AspNetCore.Components.ComponentBase;

#pragma warning disable CA1852 // Planted.
internal class PlantedOpen;
#pragma warning restore CA1852

internal class PlantedBase;

internal sealed class PlantedHeir : PlantedBase;
