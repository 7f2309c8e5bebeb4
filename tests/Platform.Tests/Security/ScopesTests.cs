using System.Net;
using MarketingPlatform.Platform.Security;
using MarketingPlatform.Platform.Tests.Probe;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Security;

public sealed class ScopesTests
{
    /// <summary>Held, asked for, granted.</summary>
    public static TheoryData<Scope, Scope, bool> Table() =>
        new()
        {
            { Scope.Collect, Scope.Collect, true },
            { Scope.Collect, Scope.Read, false },
            { Scope.Collect, Scope.Write, false },
            { Scope.Collect, Scope.Admin, false },
            { Scope.Read, Scope.Collect, false },
            { Scope.Read, Scope.Read, true },
            { Scope.Read, Scope.Write, false },
            { Scope.Read, Scope.Admin, false },
            { Scope.Write, Scope.Collect, false },
            { Scope.Write, Scope.Read, true },
            { Scope.Write, Scope.Write, true },
            { Scope.Write, Scope.Admin, false },
            { Scope.Admin, Scope.Collect, true },
            { Scope.Admin, Scope.Read, true },
            { Scope.Admin, Scope.Write, true },
            { Scope.Admin, Scope.Admin, true },
        };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_scope_grants_what_it_includes(Scope held, Scope asked, bool granted) =>
        Assert.Equal(granted, Scopes.Grants([held], asked));

    [Fact]
    public void No_scope_grants_nothing() => Assert.All(Enum.GetValues<Scope>(), asked => Assert.False(Scopes.Grants([], asked)));

    [Fact]
    public void Several_scopes_grant_what_one_of_them_grants() => Assert.True(Scopes.Grants([Scope.Collect, Scope.Read], Scope.Read));

    [Fact]
    public async Task Endpoints_enforce_the_table()
    {
        await using var host = await ProbeHost.StartAsync();

        foreach (var row in Table())
        {
            var (held, asked, granted) = row.Data;
            using var answer = await host.SendAsync(HttpMethod.Get, "/for/" + Scopes.NameOf(asked), held);
            Assert.Equal(granted ? HttpStatusCode.NoContent : HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }
}
