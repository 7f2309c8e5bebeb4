using Xunit;

namespace MarketingPlatform.Contracts.Tests;

public class SamplesTests
{
    /// <summary>Set to write samples of contracts that have none; samples that exist are never overwritten.</summary>
    private const string WriteVariable = "MARKETING_WRITE_SAMPLES";

    public static TheoryData<Type> Contracts() => [.. Samples.Contracts()];

    [Fact]
    public void Every_owner_of_events_is_among_the_contracts() =>
        Assert.Superset(
            new HashSet<string> { "Customers", "Segmentation", "Recommendation", "Email", "AdOptimization" },
            Samples.Contracts().Select(contract => contract.Namespace!["MarketingPlatform.Contracts.".Length..]).ToHashSet()
        );

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_contract_still_says_what_its_sample_says(Type contract)
    {
        var path = Samples.PathOf(contract);
        if (!File.Exists(path) && Environment.GetEnvironmentVariable(WriteVariable) == "1")
            File.WriteAllText(path, Samples.Write(contract));

        Assert.True(
            File.Exists(path),
            $"{contract.Name} is new and has no sample. Run these tests once with {WriteVariable}=1, read {path} and commit it."
        );
        Assert.True(
            Samples.Breaks(contract, File.ReadAllText(path)) is [],
            $"{contract.FullName} no longer says what was promised: {string.Join("; ", Samples.Breaks(contract, File.ReadAllText(path)))}. "
                + "Messages of the old form are still on their way, and others read them: put the member back, or publish a new record beside "
                + "the old one. A new optional member needs no change of the sample."
        );
    }

    [Fact]
    public void No_sample_outlives_its_contract() =>
        Assert.Empty(
            Directory
                .EnumerateFiles(Samples.Folder, "*.json")
                .Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Except(Samples.Contracts().Select(contract => contract.FullName!))
        );

    [Fact]
    public void A_renamed_member_is_reported() =>
        Assert.Equal(["Planted.customerId is gone"], Samples.Breaks(typeof(Planted), """{"customerId":"id","count":23}"""));

    [Fact]
    public void A_member_that_was_taken_out_of_a_nested_record_is_reported() =>
        Assert.Equal(
            ["PlantedList.lines[].price is gone"],
            Samples.Breaks(typeof(PlantedList), """{"lines":[{"name":"name","count":23,"price":1}]}""")
        );

    [Fact]
    public void A_member_of_another_type_is_reported() =>
        Assert.Equal(["Planted.count was \"23\" and is 23"], Samples.Breaks(typeof(Planted), """{"name":"name","count":"23"}"""));

    [Fact]
    public void An_optional_member_may_be_added_and_an_old_message_still_reads() =>
        Assert.Empty(Samples.Breaks(typeof(PlantedAddition), """{"name":"name","count":23}"""));

    [Fact]
    public void A_member_without_a_default_may_not_be_added() =>
        Assert.StartsWith(
            "an old message no longer reads",
            Assert.Single(Samples.Breaks(typeof(PlantedDemand), """{"name":"name","count":23}""")),
            StringComparison.Ordinal
        );

    public sealed record Planted(string Name, int Count);

    public sealed record PlantedList(IReadOnlyList<Planted> Lines);

    public sealed record PlantedAddition(string Name, int Count, string? Note = null);

    public sealed record PlantedDemand(string Name, int Count, string Reason);
}
