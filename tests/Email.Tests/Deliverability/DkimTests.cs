using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using MarketingPlatform.Email.Deliverability;
using MarketingPlatform.Email.Tests.Sending;
using Org.BouncyCastle.Crypto.Parameters;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Deliverability;

/// <summary>Our signatures as somebody else sees them: dkimpy (Debian's python3-dkim) verifies what went over the wire.</summary>
[Collection(HostedEmail.Name)]
public sealed class DkimTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("dkim-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    // Debian's own, which sees Debian's packages, whatever else comes first in PATH.
    private static readonly string Python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    // Verifies every signature against public keys that are given instead of DNS.
    private const string Verifier = """
        import sys, dkim
        mail = open(sys.argv[1], 'rb').read()
        keys = dict(zip(sys.argv[2::2], sys.argv[3::2]))
        dns = lambda name, timeout=5: keys[name.decode().rstrip('.') if isinstance(name, bytes) else name.rstrip('.')].encode()
        count = mail.lower().count(b'\ndkim-signature:') + mail.lower().startswith(b'dkim-signature:')
        def accepts(i):
            try: return dkim.DKIM(mail).verify(idx=i, dnsfunc=dns)
            except Exception: return False
        print(count, *[accepts(i) for i in range(count)])
        """;

    [Fact]
    public async Task An_independent_verifier_accepts_both_signatures_and_refuses_a_changed_mail()
    {
        await InstallAsync();
        using var rsa = RSA.Create(2048);
        var seed = RandomNumberGenerator.GetBytes(32);
        var ed25519 = Convert.ToBase64String(new Ed25519PrivateKeyParameters(seed).GeneratePublicKey().GetEncoded());
        await using var sink = await SmtpSink.StartAsync();
        await using var email = await StartAsync(
            null,
            ("Email:Smtp:Host", "127.0.0.1"),
            ("Email:Smtp:Port", $"{sink.Port}"),
            ("Email:ReturnPath", "bounces@shop.example"),
            ("Email:Dkim:0:Domain", "shop.example"),
            ("Email:Dkim:0:Selector", "r1"),
            ("Email:Dkim:0:PrivateKeyFile", await WriteAsync("rsa.pem", rsa.ExportPkcs8PrivateKeyPem())),
            ("Email:Dkim:1:Domain", "shop.example"),
            ("Email:Dkim:1:Selector", "e1"),
            ("Email:Dkim:1:PrivateKeyFile", await WriteAsync("ed.pem", Pkcs8(seed)))
        );
        await email.MailsAsync(await email.KnowsAsync());

        var lines = await File.ReadAllLinesAsync(Assert.Single(sink.Mails.GetFiles()).FullName, Ct);
        Assert.Contains(lines, line => line.StartsWith("X-Mail-Args: <bounces+", StringComparison.Ordinal));
        var mail = string.Join("\r\n", lines) + "\r\n";
        // RFC 8058: both headers of one-click unsubscribe are signed.
        var unfolded = mail.Replace("\r\n\t", "", StringComparison.Ordinal).Replace("\r\n ", "", StringComparison.Ordinal);
        Assert.Matches("(?i)h=[^;]*list-unsubscribe[^;]*list-unsubscribe-post", unfolded);
        string[] keys =
        [
            "r1._domainkey.shop.example",
            $"v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}",
            "e1._domainkey.shop.example",
            $"v=DKIM1; k=ed25519; p={ed25519}",
        ];
        Assert.Equal("2 True True", await VerifyAsync(mail, keys));
        Assert.Equal("2 False False", await VerifyAsync(mail.Replace("Anna", "Bea", StringComparison.Ordinal), keys));
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_is_told_with_what_to_do()
    {
        var missing = Assert.Throws<InvalidOperationException>(() => SigningKey.Read(Key("no-such-file.pem")));
        var wrong = await WriteAsync("wrong.pem", "not a key");

        Assert.Contains("openssl genpkey", missing.Message);
        Assert.Contains("wrong.pem", Assert.Throws<InvalidOperationException>(() => SigningKey.Read(Key(wrong))).Message);

        static DkimOptions Key(string file) =>
            new()
            {
                Domain = "shop.example",
                Selector = "s1",
                PrivateKeyFile = file,
            };
    }

    private async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        await File.WriteAllTextAsync(path, text, Ct);
        return path;
    }

    private static string Pkcs8(byte[] seed) =>
        PemEncoding.WriteString("PRIVATE KEY", [.. Convert.FromHexString("302e020100300506032b657004220420"), .. seed]);

    private async Task<string> VerifyAsync(string mail, string[] keys)
    {
        var path = Path.Combine(folder.FullName, "mail.eml");
        await File.WriteAllTextAsync(path, mail, new UTF8Encoding(false), Ct);
        return (await RunAsync(Python, ["-c", Verifier, path, .. keys])).Trim();
    }

    private static async Task InstallAsync()
    {
        if (await HasDkimAsync())
            return;
        if (Environment.UserName == "root" && File.Exists("/usr/bin/apt-get"))
            await RunAsync(
                "/usr/bin/env",
                ["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", "python3-dkim", "python3-nacl"]
            );
        Assert.SkipUnless(
            await HasDkimAsync(),
            "dkimpy is not here: install Debian's package python3-dkim (or run as root, which does it)."
        );
    }

    private static async Task<bool> HasDkimAsync()
    {
        try
        {
            return (await RunAsync(Python, ["-c", "import dkim, nacl; print('yes')"])).Contains("yes", StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return output;
    }
}
