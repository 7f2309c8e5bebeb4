namespace MarketingPlatform.LocalServers.Processes;

/// <summary>What kind of machine this is and where its programs are.</summary>
internal static class Machine
{
    public static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    public static bool IsDebian => OperatingSystem.IsLinux() && File.Exists("/etc/debian_version") && Find("apt-get") is not null;

    /// <summary>Folders of PATH and those of administration programs, which a plain user's PATH often lacks.</summary>
    public static IEnumerable<string> ProgramFolders =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(OperatingSystem.IsWindows() ? [] : ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"])
            .Distinct();

    public static string? Find(string program) =>
        ProgramFolders.Select(folder => Path.Combine(folder, Executable(program))).FirstOrDefault(IsThere);

    /// <summary>Whether the file is there: a symbolic link whose target was uninstalled is not.</summary>
    public static bool IsThere(string file) =>
        File.Exists(file) && (new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.Exists ?? true);

    public static string Executable(string program) => OperatingSystem.IsWindows() ? program + ".exe" : program;

    /// <summary>Folders that match a pattern such as <c>/usr/lib/postgresql/*/bin</c>, names with higher numbers first.</summary>
    public static IEnumerable<string> Folders(string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        var head = Path.GetDirectoryName(pattern[..star]);
        var name = Path.GetFileName(pattern[..star]);
        var tail = pattern[(star + 1)..].TrimStart('/');
        return !Directory.Exists(head)
            ? []
            : Directory
                .EnumerateDirectories(head, name + "*")
                .OrderByDescending(path => double.TryParse(Path.GetFileName(path)[name.Length..], out var version) ? version : 0)
                .Select(path => Path.Combine(path, tail))
                .Where(Directory.Exists);
    }
}
