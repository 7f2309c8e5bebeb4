using System.Text;
using CsCheck;
using MarketingPlatform.Gateway.Keys;
using MarketingPlatform.Platform.Security;
using Xunit;

namespace MarketingPlatform.Gateway.Tests.Keys;

public sealed class ApiKeyTests
{
    [Theory]
    [InlineData("Bearer mp_read_abc", "mp_read_abc")]
    [InlineData("bearer   mp_read_abc", "mp_read_abc")]
    [InlineData("Basic mp_collect_abc", "mp_collect_abc")]
    [InlineData("Basic bXBfY29sbGVjdF9hYmM6", "mp_collect_abc")]
    [InlineData("basic bXBfY29sbGVjdF9hYmM6cGFzc3dvcmQ=", "mp_collect_abc")]
    [InlineData("Bearer aaa.bbb.ccc", null)]
    [InlineData("Digest mp_read_abc", null)]
    [InlineData("mp_read_abc", null)]
    [InlineData("Bearer", null)]
    [InlineData("Bearer ", null)]
    [InlineData("", null)]
    [InlineData("   ", null)]
    [InlineData(null, null)]
    public void A_key_is_read_as_client_libraries_send_it(string? authorization, string? key) =>
        Assert.Equal(key, ApiKey.Read(authorization));

    [Fact]
    public void Garbage_is_read_without_failing() =>
        Gen.Select(
                Gen.OneOf(Gen.Const(""), Gen.Const("Bearer "), Gen.Const("Basic "), Gen.Const("basic  ")),
                Gen.OneOf(Gen.String, Gen.String.Select(Base64))
            )
            .Sample(
                (scheme, rest) =>
                {
                    if (ApiKey.Read(scheme + rest) is { } key)
                    {
                        Assert.NotEmpty(key);
                        Assert.Equal(32, ApiKey.HashOf(key).Length);
                        Assert.NotEqual(key, ApiKey.HintOf(key));
                    }
                }
            );

    [Theory]
    [InlineData(Scope.Collect, "mp_collect_")]
    [InlineData(Scope.Admin, "mp_admin_")]
    public void A_new_key_says_its_scope_and_no_two_are_the_same(Scope scope, string prefix)
    {
        var (one, other) = (ApiKey.Create(scope), ApiKey.Create(scope));

        Assert.StartsWith(prefix, one, StringComparison.Ordinal);
        Assert.NotEqual(one, other);
        Assert.Equal(one, ApiKey.Read("Bearer " + one));
        Assert.Equal(one, ApiKey.Read("Basic " + one));
        Assert.Equal(one, ApiKey.Read("Basic " + Base64(one + ":")));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
