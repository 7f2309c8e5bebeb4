using System.CommandLine;
using System.Text;
using MarketingPlatform.Customers.Collect;
using MarketingPlatform.Platform.CommandLine;
using MarketingPlatform.TestInfrastructure;
using Xunit;

namespace MarketingPlatform.Customers.Tests.Collect;

public sealed class PayloadTableTests(Shop shop)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_payload_of_Segments_tester_of_libraries_is_accepted_and_mapped()
    {
        var files = SharedData.Files("events-segment", "*.json");
        Assert.SkipWhen(files.Count == 0, SharedData.Missing);
        var folder = Path.GetDirectoryName(files[0])!;
        using var output = new StringWriter();
        var code = await PayloadTable.Command(shop.Clock).Parse([folder]).InvokeAsync(new InvocationConfiguration { Output = output }, Ct);
        TestContext.Current.TestOutputHelper!.WriteLine(output.ToString());

        Assert.Equal(0, code);
        Assert.EndsWith("11 of 11 accepted", output.ToString().TrimEnd(), StringComparison.Ordinal);
        var rows = PayloadTable.Read(new DirectoryInfo(folder), Shop.Start).ToDictionary(row => row.File);
        Assert.Equal(("group", "libraries", 6), Mapped(rows["advance-group.json"]));
        Assert.Equal(("track", "Content Started", 7), Mapped(rows["advance-track.json"]));
        Assert.Equal(("alias", "prevUser", 0), Mapped(rows["alias.json"]));
        Assert.Contains("email peter@initech.com", rows["identify.json"].Identifiers);
        Assert.True(rows["advance-screen.json"].Context);

        foreach (var file in files)
        {
            var path = "/v1/" + rows[Path.GetFileName(file)].Kind;
            using var body = new StringContent(await File.ReadAllTextAsync(file, Ct), Encoding.UTF8, "application/json");
            using var answer = await shop.Http.PostAsync(path, body, Ct);
            Assert.Equal("""{"success":true}""", await answer.Content.ReadAsStringAsync(Ct));
        }
    }

    [Fact]
    public void A_payload_that_would_be_refused_is_shown_with_the_reason_and_a_batch_call_by_call()
    {
        var folder = Directory.CreateTempSubdirectory("payloads");
        try
        {
            Assert.Throws<CommandException>(() => PayloadTable.Read(folder, Shop.Start));
            File.WriteAllText(Path.Combine(folder.FullName, "a.json"), """{"batch":[{"type":"page","userId":"a"},{"type":"dance"}]}""");
            File.WriteAllText(Path.Combine(folder.FullName, "b.json"), "{");
            var rows = PayloadTable.Read(folder, Shop.Start);
            Assert.Equal(["a.json[0]", "a.json[1]", "b.json"], rows.Select(row => row.File));
            Assert.Equal([true, false, false], rows.Select(row => row.Refused is null));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (string?, string?, int) Mapped(PayloadTable.Row row) => (row.Kind, row.Name, row.Fields);
}
