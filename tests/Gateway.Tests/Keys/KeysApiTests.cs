using System.Text;
using MarketingPlatform.Contracts;
using Xunit;

namespace MarketingPlatform.Gateway.Tests.Keys;

public sealed class KeysApiTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    private const string AsAdmin = "Bearer " + GatewayHost.Admin;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revoked_key_is_refused_at_once()
    {
        var (id, key) = await CreateAsync("read");
        Assert.Equal(200, (await gateway.SendAsync(HttpMethod.Post, Routes.Token, "Bearer " + key)).Status);

        Assert.Equal(204, (await gateway.SendAsync(HttpMethod.Delete, $"{Routes.Keys}/{id}", AsAdmin)).Status);

        var (status, problem) = await gateway.SendAsync(HttpMethod.Post, Routes.Token, "Bearer " + key);
        Assert.Equal(401, status);
        Assert.Equal("/problems/unknown-key", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Keys_are_stored_as_hashes_only()
    {
        var (_, key) = await CreateAsync("write");

        var stored = await gateway.Db.QueryAsync<string>("select api_keys::text || encode(hash, 'escape') from api_keys", null, Ct);

        var hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(key));
        Assert.NotEmpty(stored);
        Assert.All(stored, row => Assert.DoesNotContain(key, row, StringComparison.Ordinal));
        Assert.All(stored, row => Assert.DoesNotContain(hex, row, StringComparison.Ordinal));
        Assert.All(stored, row => Assert.DoesNotContain(GatewayHost.Admin, row, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_list_shows_hints_and_never_a_key()
    {
        var (id, key) = await CreateAsync("collect");

        var (status, page) = await gateway.SendAsync(HttpMethod.Get, Routes.Keys + "?limit=1000", AsAdmin);

        Assert.Equal(200, status);
        Assert.DoesNotContain(key, page.GetRawText(), StringComparison.Ordinal);
        var view = page.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetGuid() == id);
        Assert.Equal(key[..14], view.GetProperty("hint").GetString());
    }

    [Theory]
    [InlineData("read,write")]
    [InlineData("3")]
    [InlineData("root")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_key_is_made_for_exactly_one_known_scope(string? scope)
    {
        var (status, problem) = await gateway.SendAsync(HttpMethod.Post, Routes.Keys, AsAdmin, new { name = "test", scope });

        Assert.Equal(400, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty("scope", out _));
    }

    [Theory]
    [InlineData("Bearer " + GatewayHost.Write, 403)]
    [InlineData("Bearer " + GatewayHost.Read, 403)]
    [InlineData("Bearer " + GatewayHost.Services, 403)]
    [InlineData("Bearer nobody-made-this", 401)]
    [InlineData(null, 401)]
    public async Task Only_admins_see_and_make_keys(string? authorization, int expected)
    {
        Assert.Equal(expected, (await gateway.SendAsync(HttpMethod.Get, Routes.Keys, authorization)).Status);
        Assert.Equal(
            expected,
            (await gateway.SendAsync(HttpMethod.Post, Routes.Keys, authorization, new { name = "x", scope = "admin" })).Status
        );
    }

    private async Task<(Guid Id, string Key)> CreateAsync(string scope)
    {
        var (status, created) = await gateway.SendAsync(HttpMethod.Post, Routes.Keys, AsAdmin, new { name = "test", scope });
        Assert.Equal(201, status);
        return (created.GetProperty("id").GetGuid(), created.GetProperty("key").GetString()!);
    }
}
