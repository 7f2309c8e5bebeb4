using MarketingPlatform.Console.SignIn;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace MarketingPlatform.Console.Tests.SignIn;

public sealed class ProtectionKeysTests(RunningPlatform platform)
{
    [Fact]
    public async Task A_page_that_is_drawn_gets_the_keys_of_its_form_where_no_connection_is_open_yet()
    {
        var ct = TestContext.Current.CancellationToken;
        await platform.Http.GetStringAsync(new Uri("/console/sign-in", UriKind.Relative), ct);
        // Whoever asks after these needs a connection that is not open yet.
        var idle = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => platform.Database.OpenAsync(ct).AsTask()));
        try
        {
            var keys = new ProtectionKeys(platform.Database);

            // A page is drawn by one thread at a time: what it waits for must not need a turn of its own.
            var read = await Task.Run(() => Dispatcher.CreateDefault().InvokeAsync(keys.GetAllElements), ct)
                .WaitAsync(TimeSpan.FromMinutes(1), ct);

            Assert.NotEmpty(read);
        }
        finally
        {
            foreach (var connection in idle)
                await connection.DisposeAsync();
        }
    }
}
