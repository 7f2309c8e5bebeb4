using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Email.Coupons;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Platform.Hosting;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Coupons;

[Collection(HostedEmail.Name)]
public sealed class CouponTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<string> PoolAsync(int codes)
    {
        var pool = "p" + Guid.CreateVersion7().ToString("N")[^10..];
        using var answer = await email.Writer.PostAsJsonAsync(
            $"/api/v1/coupons/{pool}",
            new CouponCodes([.. Enumerable.Range(1, codes).Select(i => $"{pool}-{i}")]),
            Json.Options,
            Ct
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return pool;
    }

    private Task<CouponPool> StateAsync(string pool) => email.GetAsync<CouponPool>($"/api/v1/coupons/{pool}");

    [Fact]
    public async Task No_code_is_given_twice_however_many_ask_at_once_and_a_dry_pool_gives_none()
    {
        var pool = await PoolAsync(60);
        var people = Enumerable.Range(0, 80).Select(_ => Guid.CreateVersion7()).ToArray();

        var codes = new List<string?>();
        await Parallel.ForEachAsync(
            people,
            new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Ct },
            async (person, ct) =>
            {
                var code = await email.Service<CouponPools>().TakeAsync(pool, person, ct);
                lock (codes)
                    codes.Add(code);
            }
        );

        var given = codes.Where(code => code is not null).ToList();
        Assert.Equal(60, given.Count);
        Assert.Equal(60, given.Distinct().Count());
        Assert.Equal((60, 0, 60, 0), (await StateAsync(pool)) is var s ? (s.Codes, s.Free, s.Assigned, s.Redeemed) : default);
    }

    [Fact]
    public async Task Who_asks_again_or_at_the_same_time_has_one_code()
    {
        var pool = await PoolAsync(20);
        var person = Guid.CreateVersion7();

        var codes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => email.Service<CouponPools>().TakeAsync(pool, person, Ct)));

        Assert.Single(codes.Distinct());
        Assert.Equal(19, (await StateAsync(pool)).Free);
    }

    [Fact]
    public async Task An_order_redeems_a_code_in_any_case_and_the_next_mail_brings_a_new_one()
    {
        var pool = await PoolAsync(2);
        var person = Guid.CreateVersion7();
        var first = await email.Service<CouponPools>().TakeAsync(pool, person, Ct);

        await email.HearsAsync(new OrderPlaced(person, "O1", [], 20, "EUR", null, Now, [first!.ToUpperInvariant(), "unknown"]));

        Assert.Equal(1, (await StateAsync(pool)).Redeemed);
        Assert.NotEqual(first, await email.Service<CouponPools>().TakeAsync(pool, person, Ct));
    }

    [Fact]
    public async Task A_pool_that_runs_dry_in_the_middle_stops_no_mail()
    {
        var pool = await PoolAsync(1);
        await email.SavesAsync("welcome", StarterTemplates.All["welcome"] with { CouponPool = pool });
        try
        {
            Guid[] people = [await email.KnowsAsync(), await email.KnowsAsync()];
            List<string> texts = [];
            foreach (var person in people)
                texts.Add(Assert.Single(await email.OutboxAsync(AddressOf(person))).TextBody!);

            Assert.Single(texts, text => text.Contains(pool + "-1"));
            Assert.Single(texts, text => !text.Contains("personal code"));
        }
        finally
        {
            await email.Writer.DeleteAsync("/api/v1/templates/welcome", Ct);
        }
    }

    [Theory]
    [InlineData("UPPER", new[] { "A" })]
    [InlineData("pool", new string[0])]
    [InlineData("pool", new[] { "" })]
    [InlineData("pool", new[] { "<b>" })]
    public async Task Bad_pools_and_codes_are_refused(string pool, string[] codes)
    {
        using var answer = await email.Writer.PostAsJsonAsync($"/api/v1/coupons/{pool}", new CouponCodes(codes), Json.Options, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Codes_that_are_there_stay_as_they_are()
    {
        var pool = await PoolAsync(3);
        using var answer = await email.Writer.PostAsJsonAsync(
            $"/api/v1/coupons/{pool}",
            new CouponCodes([$"{pool}-1", "new-" + pool]),
            Json.Options,
            Ct
        );
        var result = await answer.Content.ReadFromJsonAsync<CouponCodesResult>(Json.Options, Ct);
        Assert.Equal((1, 1, 4), (result!.Added, result.Known, result.Pool.Codes));
    }
}
