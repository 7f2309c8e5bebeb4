namespace MarketingPlatform.Standalone;

/// <summary>Connection strings that the environment gives, instead of a private PostgreSQL.</summary>
public static class GivenDatabases
{
    /// <returns>One for each service, or null where none is given.</returns>
    /// <exception cref="StandaloneException">Some are given and others are not.</exception>
    public static IReadOnlyDictionary<string, string>? Find()
    {
        var given = Services
            .Databases.Keys.Select(name => (name, Value: Environment.GetEnvironmentVariable("ConnectionStrings__" + name)))
            .Where(entry => !string.IsNullOrWhiteSpace(entry.Value))
            .ToDictionary(entry => entry.name, entry => entry.Value!);
        if (given.Count == 0)
            return null;
        var missing = Services.Databases.Keys.Except(given.Keys).ToArray();
        return missing.Length == 0
            ? given
            : throw new StandaloneException(
                $"Some databases are given and others are not. Set also: {string.Join(", ", missing.Select(name => "ConnectionStrings__" + name))} "
                    + "(names with a dash need 'env NAME=… ./marketing up'), or give none to have a private PostgreSQL."
            );
    }
}
