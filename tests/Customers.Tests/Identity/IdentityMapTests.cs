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
    public void An_address_leads_to_the_person_who_gave_it_on_another_device()
    {
        var map = Empty();
        var ann = map.Resolve("ann", "laptop", At, [Mail("ann@x.example")]);
        var visitor = map.Resolve(null, "phone", At);

        Assert.Equal(ann, map.Resolve(null, "phone", At, [Mail("ann@x.example")]));
        Assert.Equal([new Merge(visitor, ann, At)], map.Merges);
        Assert.Equal(ann, map.Resolve(null, "phone", At));
    }

    [Fact]
    public void Who_signed_up_with_an_address_gets_the_user_id_that_comes_with_it_later()
    {
        var map = Empty();
        var visitor = map.Resolve(null, "browser", At, [Mail("ann@x.example")]);
        Assert.Equal(visitor, map.Resolve("ann", "other browser", At, [Mail("ann@x.example")]));
        Assert.Empty(map.Merges);
    }

    [Fact]
    public void A_family_with_one_address_stays_as_many_people_as_it_has_user_ids()
    {
        var map = Empty();
        var ann = map.Resolve("ann", null, At, [Mail("family@x.example")]);
        var bob = map.Resolve("bob", null, At, [Mail("family@x.example")]);

        Assert.NotEqual(ann, bob);
        Assert.Empty(map.Merges);
        Assert.Equal(ann, map.Resolve(null, null, At, [Mail("family@x.example")]));
    }

    [Fact]
    public void A_stronger_identifier_outweighs_a_weaker_one()
    {
        var map = Empty();
        var ann = map.Resolve("ann", "device of ann", At, [Mail("ann@x.example")]);
        var bob = map.Resolve("bob", null, At, [new Identifier(Identifier.PhoneKind, "+4912345678")]);

        // Bob's number and Ann's address: the address is stronger than the number, a user id than both.
        Assert.Equal(ann, map.Resolve(null, "new", At, [Mail("ann@x.example"), new Identifier(Identifier.PhoneKind, "+4912345678")]));
        Assert.Equal(bob, map.Resolve("bob", "device of ann", At, [Mail("ann@x.example")]));
        Assert.Empty(map.Merges);
    }

    [Fact]
    public void Nobody_collects_more_addresses_than_a_person_has()
    {
        var map = Empty();
        var most = IdentityRules.MostOf(Identifier.EmailKind);
        var ann = map.Resolve("ann", null, At);
        for (var n = 0; n < most + 3; n++)
            Assert.Equal(ann, map.Resolve("ann", null, At, [Mail($"a{n}@x.example")]));
        Assert.Equal(most, map.Added.Keys.Count(id => id.Kind == Identifier.EmailKind));

        var stranger = map.Resolve(null, null, At, [Mail("stranger@x.example")]);
        Assert.Equal(ann, map.Resolve("ann", null, At, [Mail("stranger@x.example")]));
        Assert.NotEqual(ann, stranger);
        Assert.Empty(map.Merges);
    }

    [Fact]
    public void A_counter_where_everybody_signs_in_as_the_same_user_takes_no_further_browsers()
    {
        var map = Empty();
        var most = IdentityRules.MostOf(Identifier.AnonymousIdKind);
        for (var n = 0; n <= most; n++)
            map.Resolve("till", $"browser-{n}", At);
        Assert.NotEqual(map.Resolve("till", null, At), map.Resolve(null, $"browser-{most}", At));
    }

    [Theory]
    [InlineData("+49 30 / 123-456", "+4930123456")]
    [InlineData("0049 30 123456", "+4930123456")]
    [InlineData("030 123456", null)]
    [InlineData("+49x30123456", null)]
    [InlineData("", null)]
    public void A_number_counts_where_it_says_its_country(string phone, string? number) => Assert.Equal(number, IdentityRules.E164(phone));

    private static Identifier Mail(string address) => new(Identifier.EmailKind, address);

    [Fact]
    public void An_alias_folds_whoever_the_old_id_named()
    {
        var map = Empty();
        var browser = map.Resolve(null, "browser", At);
        var old = map.Resolve("ann@old", null, At);

        var ann = map.Alias("browser", Identifier.User("ann"), At);
        Assert.Equal(browser, ann);
        Assert.Equal(ann, map.Alias("ann@old", Identifier.User("ann"), At));
        Assert.Equal([new Merge(old, ann, At)], map.Merges);
        Assert.Equal(ann, map.Resolve("ann@old", null, At));
    }

    [Fact]
    public void An_alias_of_an_id_that_nobody_has_names_the_person_from_now_on()
    {
        var map = Empty();
        var ann = map.Alias("later", Identifier.User("ann"), At);
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
        map.Alias("a", Identifier.User("b"), At);
        map.Alias("b", Identifier.User("c"), At);

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
                _ => map.Alias(first, Identifier.User(second), At),
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

        Assert.Equal(ann, map.Alias("browser", Identifier.User("ann"), At));
        Assert.Equal([new Merge(visitor, ann, At)], map.Merges);
    }

    private static IdentityMap Empty() => new(new Dictionary<Identifier, Guid>(), new HashSet<Guid>(), Guid.CreateVersion7);
}
