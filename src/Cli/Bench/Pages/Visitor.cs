using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using MarketingPlatform.Platform.CommandLine;

namespace MarketingPlatform.Cli.Bench.Pages;

/// <summary>Somebody who signs in and opens pages, as a browser does, without drawing them.</summary>
internal sealed partial class Visitor(Uri door) : IDisposable
{
    private readonly HttpClient http = new(
        new SocketsHttpHandler
        {
            CookieContainer = new CookieContainer(),
            AllowAutoRedirect = false,
            UseCookies = true,
        }
    )
    {
        BaseAddress = door,
        Timeout = TimeSpan.FromMinutes(1),
    };

    public async Task SignInAsync(string name, string password, CancellationToken ct)
    {
        var page = await http.GetStringAsync(new Uri("/console/sign-in", UriKind.Relative), ct);
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = FormToken().Match(page).Groups["token"].Value,
                ["name"] = name,
                ["password"] = password,
            }
        );
        using var answer = await http.PostAsync(new Uri("/console/sign-in", UriKind.Relative), form, ct);
        if (answer.Headers.Location?.ToString() != "/")
            throw new CommandException($"The console did not let the bench in: it led to {answer.Headers.Location}.");
    }

    /// <returns>Milliseconds to the last byte.</returns>
    public async Task<double> VisitAsync(string path, CancellationToken ct)
    {
        var watch = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), ct);
        await answer.Content.ReadAsByteArrayAsync(ct);
        var took = Stopwatch.GetElapsedTime(watch);
        return answer.StatusCode == HttpStatusCode.OK
            ? took.TotalMilliseconds
            : throw new CommandException($"{path} answered {(int)answer.StatusCode}.");
    }

    public void Dispose() => http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex FormToken();
}
