using System.ComponentModel.DataAnnotations;

namespace MarketingPlatform.Console;

/// <summary>Bound from the section <c>Console</c>.</summary>
internal sealed class ConsoleOptions : IValidatableObject
{
    public const string Section = "Console";

    /// <value>Password of the first administrator (named admin), 12 characters or more. Default empty: one is made and printed once.</value>
    public string FirstPassword { get; init; } = "";

    /// <value>Wrong passwords in a row after which a name is locked. Default 5.</value>
    [Range(1, 100)]
    public int WrongPasswords { get; init; } = 5;

    /// <value>How long a name stays locked; a right password does not open it earlier. Default 5 minutes.</value>
    public TimeSpan LockFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <value>How long a session lasts without a request. Default 8 hours.</value>
    public TimeSpan SessionLength { get; init; } = TimeSpan.FromHours(8);

    /// <value>How long a page waits for a service before it shows the rest without it. Default 5 seconds.</value>
    public TimeSpan ServiceTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public OpenIdConnectSettings OpenIdConnect { get; init; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FirstPassword.Length is > 0 and < Users.Password.MinLength)
            yield return new($"Console:FirstPassword needs {Users.Password.MinLength} characters or more.", [nameof(FirstPassword)]);
        if (LockFor <= TimeSpan.Zero || SessionLength <= TimeSpan.Zero || ServiceTimeout <= TimeSpan.Zero)
            yield return new(
                "Console:LockFor, Console:SessionLength and Console:ServiceTimeout must be positive.",
                [nameof(LockFor), nameof(SessionLength), nameof(ServiceTimeout)]
            );
        if (OpenIdConnect.Authority.Length > 0 && OpenIdConnect.ClientId.Length == 0)
            yield return new("Console:OpenIdConnect:Authority is set but Console:OpenIdConnect:ClientId is not.", [nameof(OpenIdConnect)]);
    }
}

/// <summary>Signing in at the company's own identity provider.</summary>
internal sealed class OpenIdConnectSettings
{
    /// <value>Address of the provider. Default empty: people sign in with a password only.</value>
    public string Authority { get; init; } = "";

    public string ClientId { get; init; } = "";

    public string ClientSecret { get; init; } = "";

    /// <value>What the button says. Default "Sign in with single sign-on".</value>
    public string Label { get; init; } = "Sign in with single sign-on";

    /// <value>The claim that holds roles. Default roles.</value>
    public string RoleClaim { get; init; } = "roles";

    /// <value>The claim's value that makes an administrator. Default admin.</value>
    public string AdminValue { get; init; } = "admin";

    /// <value>The claim's value that makes a marketer. Default marketer. Everybody else whom the provider lets in is a viewer.</value>
    public string MarketerValue { get; init; } = "marketer";

    /// <value>Whether the provider must be reached over TLS. Default true.</value>
    public bool RequireHttps { get; init; } = true;
}
