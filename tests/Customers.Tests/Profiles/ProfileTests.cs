using System.Text.Json;
using CsCheck;
using MarketingPlatform.Customers.Profiles;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Profiles;

public sealed class ProfileTests
{
    private static readonly Guid Id = Guid.CreateVersion7();

    [Fact]
    public void Neither_order_of_arrival_nor_repetition_changes_who_a_customer_is()
    {
        var said = Gen.Select(Gen.Char['a', 'c'], Gen.Int[0, 3], Gen.Int[0, 4])
            .Select(
                (name, value, minute) =>
                    (
                        Traits: JsonSerializer.SerializeToElement(new Dictionary<string, int> { [$"{name}"] = value }),
                        At: Shop.Start.AddMinutes(minute)
                    )
            );
        Gen.Select(said.Array[1, 10], Gen.Int[0, int.MaxValue])
            .Sample(
                (all, seed) =>
                {
                    var shuffled = all.Concat(all.Take(3)).ToArray();
                    new Random(seed).Shuffle(shuffled);
                    Assert.Equal(Text(Fold(all)), Text(Fold(shuffled)));
                    // Two halves that were two customers until they merged.
                    var half = all.Length / 2;
                    if (half > 0)
                        Assert.Equal(Text(Fold(all)), Text(Fold(all[half..]).With(Fold(all[..half]))));
                }
            );

        static Profile Fold(IReadOnlyList<(JsonElement Traits, DateTimeOffset At)> said) =>
            said.Aggregate(Profile.New(Id, said[0].At), (profile, one) => profile.SeenAt(one.At).With(one.Traits, one.At));

        static string Text(Profile profile) =>
            $"{profile.FirstSeenAt:O} {profile.LastSeenAt:O} "
            + string.Join(',', profile.Traits.OrderBy(t => t.Key).Select(t => $"{t.Key}={t.Value.V.GetRawText()}@{t.Value.At:O}"));
    }

    [Fact]
    public void A_profile_keeps_what_the_platform_reads_and_the_newest_of_too_many_traits_in_whatever_order_they_came()
    {
        var said = Enumerable
            .Range(0, Profile.MostTraits + 50)
            .Select(n =>
                (Traits: JsonSerializer.SerializeToElement(new Dictionary<string, int> { [$"t{n}"] = n }), At: Shop.Start.AddSeconds(n))
            )
            .Prepend((Traits: JsonElement.Parse("""{"email":"ann@shop.example"}"""), At: Shop.Start.AddDays(-1)))
            .ToArray();
        var shuffled = said.ToArray();
        new Random(1).Shuffle(shuffled);
        foreach (var order in new[] { said, shuffled })
        {
            var kept = order.Aggregate(Profile.New(Id, Shop.Start), (profile, one) => profile.With(one.Traits, one.At)).Traits;
            Assert.Equal(Profile.MostTraits, kept.Count);
            Assert.True(kept.ContainsKey("email"));
            Assert.Equal(
                Enumerable.Range(51, Profile.MostTraits - 1).Select(n => $"t{n}").Order(StringComparer.Ordinal),
                kept.Keys.Where(name => name != "email").Order(StringComparer.Ordinal)
            );
        }
    }

    [Fact]
    public void How_a_text_was_written_does_not_decide_a_tie()
    {
        // "\u00e9" comes back from the database as "é": the same text must weigh the same.
        var escaped = JsonElement.Parse("""{"name":"\u00e9"}""");
        var plain = JsonElement.Parse("""{"name":"é"}""");
        var other = JsonElement.Parse("""{"name":"z"}""");
        var empty = Profile.New(Id, Shop.Start);

        foreach (var first in new[] { escaped, plain })
        {
            Assert.Equal("é", empty.With(first, Shop.Start).With(other, Shop.Start).Traits["name"].V.GetString());
            Assert.Equal("é", empty.With(other, Shop.Start).With(first, Shop.Start).Traits["name"].V.GetString());
        }
    }

    [Fact]
    public void The_known_user_id_survives_a_merge()
    {
        var visitor = Profile.New(Id, Shop.Start);
        Assert.Equal("ann", visitor.With(visitor with { UserId = "ann" }).UserId);
        Assert.Equal("ann", (visitor with { UserId = "ann" }).With(visitor with { UserId = "bob" }).UserId);
    }
}
