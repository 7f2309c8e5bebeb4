using System.Text.Json;
using MarketingPlatform.Customers.Profiles;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Profiles;

public sealed class DemographicsTests
{
    [Fact]
    public void Traits_are_read_under_the_names_that_shops_use() =>
        Assert.Equal(
            new Demographics("ann@x.example", "Ann", "Lee", 36, "female", "DE", "Bonn", "de-DE", "Europe/Berlin", new DateOnly(1990, 2, 1)),
            Read(
                """
                {"email":"Ann@X.example","first_name":" Ann ","lastName":"Lee","birth_date":"1990-02-01","gender":"Female",
                 "address":{"country":"DE","city":"Bonn"},"locale":"de-DE","time_zone":"Europe/Berlin"}
                """
            )
        );

    [Theory]
    [InlineData("Ann", "Ann", null)]
    [InlineData("Ann  van Lee", "Ann", "van Lee")]
    [InlineData("  ", null, null)]
    public void A_whole_name_is_taken_apart(string name, string? first, string? last)
    {
        var read = Read(JsonSerializer.Serialize(new { name }));
        Assert.Equal((first, last), (read.FirstName, read.LastName));
    }

    [Theory]
    [InlineData("1990-03-01", 36)] // today
    [InlineData("1990-03-02", 35)] // tomorrow
    [InlineData("2024-02-29", 2)]
    [InlineData("2030-01-01", null)]
    [InlineData("1850-01-01", null)]
    [InlineData("soon", null)]
    public void Age_is_counted_in_birthdays(string birthday, int? age) =>
        Assert.Equal(age, Read(JsonSerializer.Serialize(new { birthday })).Age);

    [Theory]
    [InlineData("""{"age":41}""", 41)]
    [InlineData("""{"age":41.9}""", 41)]
    [InlineData("""{"age":-1}""", null)]
    [InlineData("""{"age":1e300}""", null)]
    [InlineData("""{"age":"old"}""", null)]
    [InlineData("""{"age":"34"}""", 34)]
    [InlineData("""{"age":"-1"}""", null)]
    public void An_age_must_be_plausible(string traits, int? age) => Assert.Equal(age, Read(traits).Age);

    [Theory]
    [InlineData("nobody")]
    [InlineData("Ann <ann@x.example>")]
    [InlineData("a@b c")]
    [InlineData("")]
    public void What_is_no_address_is_none(string email) => Assert.Null(Read(JsonSerializer.Serialize(new { email })).Email);

    [Fact]
    public void Traits_of_the_wrong_type_or_length_are_left_alone() =>
        Assert.Equal(
            new Demographics(null, null, null, null, null, null, null, null, null),
            Read($$"""{"email":["a@x.example"],"country":7,"city":"{{new string('x', 201)}}","address":"Bonn","gender":null}""")
        );

    private static Demographics Read(string traits) =>
        Demographics.Read(Profile.New(Guid.Empty, Shop.Start).With(JsonElement.Parse(traits), Shop.Start).Traits, Shop.Start);
}
