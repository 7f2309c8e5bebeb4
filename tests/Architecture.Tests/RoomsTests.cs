using MarketingPlatform.Architecture.Tests.Rules;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Architecture.Tests;

public class RoomsTests
{
    [Fact]
    public void Tests_lie_where_the_room_that_they_test_lies()
    {
        var classes = SourceTree
            .Files("tests", "*Tests.cs")
            .Select(file => Path.GetRelativePath(SourceTree.Root, file).Replace('\\', '/'))
            .ToArray();

        Assert.NotEmpty(classes);
        Assert.Empty(Rooms.Homeless(classes, folder => Directory.Exists(Path.Combine(SourceTree.Root, folder))));
    }

    [Fact]
    public void A_test_of_a_folder_that_is_not_there_is_reported()
    {
        string[] planted =
        [
            "tests/Email.Tests/Newsletters/SendTests.cs",
            "tests/Email.Tests/Sending/SendMailTests.cs",
            "tests/Loyalty.Tests/PointsTests.cs",
        ];

        Assert.Equal(
            [
                "tests/Email.Tests/Newsletters/SendTests.cs tests no folder of src/Email",
                "tests/Loyalty.Tests/PointsTests.cs tests no folder of src/Loyalty",
            ],
            Rooms.Homeless(planted, folder => folder is "src/Email" or "src/Email/Sending")
        );
    }

    [Theory]
    [MemberData(nameof(House.ServiceFolders), MemberType = typeof(House))]
    public void A_service_says_in_its_readme_what_it_is_for(string folder)
    {
        var readme = Path.Combine(SourceTree.Root, "src", folder, "README.md");

        Assert.True(File.Exists(readme), $"Write src/{folder}/README.md: purpose, events in and out, tables, options.");
        Assert.StartsWith("# ", File.ReadAllText(readme), StringComparison.Ordinal);
    }
}
