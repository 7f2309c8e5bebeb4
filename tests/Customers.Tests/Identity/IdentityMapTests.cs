using CsCheck;
using MarketingPlatform.Customers.Identity;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Identity;

public sealed class IdentityMapTests
{
    private static readonly DateTimeOffset At = Shop.Start;

    [Fact]
    public void A_visitor_who_identifies_stays_the_same_customer()
    {
        var map = Empty();
        var visitor = map.Resolve(null, "browser", At);

        Assert.Equal(visitor, map.Resolve("ann", "browser", At));
        Assert.Equal(visitor, map.Resolve("ann", null, At));
        Assert.Empty(map.Merges);
    }

    [Fact]
    public void A_visitor_who_identifies_as_somebody_known_is_folded_into_this_person()
    {
        var map = Empty();
        var ann = map.Resolve("ann", null, At);
        var visitor = map.Resolve(null, "browser", At);

        Assert.NotEqual(ann, visitor);
        Assert.Equal(ann, map.Resolve("ann", "browser", At));
        Assert.Equal([new Merge(visitor, ann, At)], map.Merges);
        Assert.Equal(ann, map.Resolve(null, "browser", At));
    }

    [Fact]
    public void A_shared_device_stays_with_the_person_who_identified_there_first()
    {
        var map = Empty();
        var ann = map.Resolve("ann", "browser", At);
        var bob = map.Resolve("bob", "browser", At);

        Assert.NotEqual(ann, bob);
        Assert.Empty(map.Merges);
        Assert.Equal(ann, map.Resolve(null, "browser", At));
    }

    [Fact]
    public void An_alias_folds_whoever_the_old_id_named()
    {
        var map = Empty();
        var browser = map.Resolve(null, "browser", At);
        var old = map.Resolve("ann@old", null, At);

        var ann = map.Alias("browser", "ann", At);
        Assert.Equal(browser, ann);
        Assert.Equal(ann, map.Alias("ann@old", "ann", At));
        Assert.Equal([new Merge(old, ann, At)], map.Merges);
        Assert.Equal(ann, map.Resolve("ann@old", null, At));
    }

    [Fact]
    public void An_alias_of_an_id_that_nobody_has_names_the_person_from_now_on()
    {
        var map = Empty();
        var ann = map.Alias("later", "ann", At);
        Assert.Equal(ann, map.Resolve(null, "later", At));
        Assert.Equal(ann, map.Resolve("ann", null, At));
    }

    [Fact]
    public void Merges_lead_on_to_the_last_of_a_chain()
    {
        var map = Empty();
        var a = map.Resolve("a", null, At);
        var b = map.Resolve("b", null, At);
        var c = map.Resolve("c", null, At);
        map.Alias("a", "b", At);
        map.Alias("b", "c", At);

        Assert.Equal([c, c, c], new[] { a, b, c }.Select(map.Current));
        Assert.Equal(c, map.Resolve("a", null, At));
    }

    [Fact]
    public void What_the_database_knows_is_found_again()
    {
        var known = Guid.CreateVersion7();
        var map = new IdentityMap(
            new Dictionary<Identifier, Guid> { [Identifier.User("ann")] = known, [Identifier.Anonymous("browser")] = known },
            new HashSet<Guid> { known },
            Guid.CreateVersion7
        );

        Assert.Equal(known, map.Resolve("ann", null, At));
        Assert.NotEqual(known, map.Resolve("bob", "browser", At));
        Assert.Equal([Identifier.User("bob")], map.Added.Keys);
    }

    [Fact]
    public void Whatever_comes_the_map_stays_sound()
    {
        var id = Gen.OneOf("a", "b", "c", "d", "e", "f", "g");
        var step = Gen.Select(Gen.Int[0, 4], id, id);
        step.Array[1, 25]
            .Sample(steps =>
            {
                var map = Empty();
                foreach (var (kind, first, second) in steps)
                {
                    var customer = Take(map, kind, first, second);
                    Assert.Equal(customer, map.Current(customer));
                    Assert.Equal(customer, Take(map, kind, first, second));
                }
                Assert.All(map.Merges, merge => Assert.NotEqual(merge.From, merge.Into));
                Assert.Equal(map.Merges.Count, map.Merges.Select(merge => merge.From).Distinct().Count());
                Assert.All(map.Merges, merge => Assert.DoesNotContain(map.Current(merge.From), map.Merges.Select(m => m.From)));
                Assert.All(map.Added.Values, customer => Assert.Equal(map.Current(customer), map.Current(map.Current(customer))));
            });

        static Guid Take(IdentityMap map, int kind, string first, string second) =>
            kind switch
            {
                0 => map.Resolve(first, null, At),
                1 => map.Resolve(null, first, At),
                2 or 3 => map.Resolve(first, second, At),
                _ => map.Alias(first, second, At),
            };
    }

    [Fact]
    public void Who_was_taken_apart_is_joined_by_an_alias_and_by_no_device()
    {
        var (ann, visitor) = (Guid.CreateVersion7(At), Guid.CreateVersion7(At));
        var known = new Dictionary<Identifier, Guid> { [Identifier.User("ann")] = ann, [Identifier.Anonymous("browser")] = visitor };
        var map = new IdentityMap(known, new HashSet<Guid> { ann }, Guid.CreateVersion7, new HashSet<(Guid, Guid)> { (visitor, ann) });

        Assert.Equal(ann, map.Resolve("ann", "browser", At));
        Assert.Equal(visitor, map.Resolve(null, "browser", At));
        Assert.Empty(map.Merges);

        Assert.Equal(ann, map.Alias("browser", "ann", At));
        Assert.Equal([new Merge(visitor, ann, At)], map.Merges);
    }

    private static IdentityMap Empty() => new(new Dictionary<Identifier, Guid>(), new HashSet<Guid>(), Guid.CreateVersion7);
}
