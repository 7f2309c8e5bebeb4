namespace MarketingPlatform.LocalServers.Processes;

/// <summary>What to tell somebody whose machine lacks a server.</summary>
internal sealed record MissingServer(string Product, string DebianPackage, string Homebrew, string ConnectionSetting)
{
    public LocalServerException Explain(IEnumerable<string> lookedIn, bool debian, bool root, bool macOS) =>
        new(
            $"""
            {Product} is not installed on this machine (looked in {string.Join(", ", lookedIn)}). Do one of these:
              - {(debian, root, macOS) switch
            {
                (true, true, _) => $"allow its installation (leave out --no-install), or run: apt-get install --no-install-recommends {DebianPackage}",
                (true, false, _) => $"install it: sudo apt-get install --no-install-recommends {DebianPackage}",
                (_, _, true) => $"install it: brew install {Homebrew}",
                _ => $"install it with your system's packages and put its programs on PATH",
            }}
              - use a server that runs elsewhere: {ConnectionSetting}
            """
        );

    public LocalServerException Explain(IEnumerable<string> lookedIn) =>
        Explain(lookedIn, Machine.IsDebian, Machine.IsRoot, OperatingSystem.IsMacOS());
}
