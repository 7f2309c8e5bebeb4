using MarketingPlatform.LocalServers.Processes;

namespace MarketingPlatform.LocalServers.Smtp;

/// <summary>Postfix's two test programs: a server that swallows mails and a client that sends them. No mail server runs for them.</summary>
public sealed record PostfixTools(string Sink, string Source)
{
    private static readonly MissingServer Missing = new(
        "smtp-sink",
        "postfix",
        "postfix",
        "none here: smtp-sink is a stand-in for a mail server on this machine"
    );

    /// <summary>Finds them; root on Debian or Ubuntu installs them where they are missing, without starting Postfix itself.</summary>
    /// <exception cref="LocalServerException">They are not here; the message says what to do.</exception>
    public static async Task<PostfixTools> FindAsync(Action<string> say, bool allowInstall = true, CancellationToken ct = default)
    {
        if (Find() is { } found)
        {
            return found;
        }

        if (allowInstall && Machine.IsRoot && Machine.IsDebian)
        {
            await DebianPackages.InstallPostfixAsync(say, ct);
            if (Find() is { } installed)
            {
                return installed;
            }
        }

        throw Missing.Explain(Machine.ProgramFolders);
    }

    private static PostfixTools? Find() =>
        Machine.Find("smtp-sink") is { } sink && Machine.Find("smtp-source") is { } source ? new(sink, source) : null;
}
