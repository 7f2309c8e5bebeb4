using System.Security.Claims;
using MarketingPlatform.Console.Audit;
using MarketingPlatform.Console.Shell;
using MarketingPlatform.Console.Users;
using MarketingPlatform.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MarketingPlatform.Console.SignIn;

/// <summary>
/// Signing in at the company's identity provider (authorization code with PKCE), where one is configured. Who it lets in gets an account
/// here at the first time; the role follows the provider's claim each time.
/// </summary>
internal static class OpenIdConnect
{
    public const string Scheme = "console-oidc";

    public static void AddOpenIdConnect(this IHostApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(ConsoleOptions.Section).Get<ConsoleOptions>()?.OpenIdConnect;
        if (settings is not { Authority.Length: > 0, ClientId.Length: > 0 })
            return;
        builder.Services.AddAuthentication().AddOpenIdConnect(Scheme, _ => { });
        builder
            .Services.AddOptions<OpenIdConnectOptions>(Scheme)
            .Configure<IOptions<Shop>>(
                (oidc, shop) =>
                {
                    oidc.Authority = settings.Authority;
                    oidc.ClientId = settings.ClientId;
                    oidc.ClientSecret = settings.ClientSecret;
                    oidc.RequireHttpsMetadata = settings.RequireHttps;
                    oidc.SignInScheme = ConsoleAuthentication.Scheme;
                    oidc.ResponseType = OpenIdConnectResponseType.Code;
                    oidc.ResponseMode = OpenIdConnectResponseMode.Query;
                    oidc.UsePkce = true;
                    oidc.MapInboundClaims = false;
                    oidc.Scope.Clear();
                    oidc.Scope.Add("openid");
                    oidc.Scope.Add("profile");
                    oidc.CallbackPath = Paths.SignInCallback;
                    var secure = shop.Value.PublicUrl.Scheme == Uri.UriSchemeHttps;
                    // The answer comes by a link from another site: Lax lets our own cookies come with it, and needs no TLS for that.
                    foreach (var cookie in new[] { oidc.CorrelationCookie, oidc.NonceCookie })
                    {
                        cookie.SameSite = SameSiteMode.Lax;
                        cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
                    }
                    oidc.Events = new OpenIdConnectEvents
                    {
                        OnRedirectToIdentityProvider = context =>
                        {
                            context.ProtocolMessage.RedirectUri = new Uri(shop.Value.PublicUrl, Paths.SignInCallback).AbsoluteUri;
                            return Task.CompletedTask;
                        },
                        OnTicketReceived = context => WelcomeAsync(context, settings),
                        OnRemoteFailure = context =>
                        {
                            context.Response.Redirect(Paths.SignIn + QueryString.Create("failed", "provider"));
                            context.HandleResponse();
                            return Task.CompletedTask;
                        },
                    };
                }
            );
    }

    /// <summary><c>POST /console/sign-in/provider</c>: to the identity provider.</summary>
    public static void Map(IEndpointRouteBuilder root) =>
        root.MapForm(
                Paths.SignInProvider,
                async (HttpContext context, IAuthenticationSchemeProvider schemes) =>
                {
                    var form = await context.Request.ReadFormAsync(context.RequestAborted);
                    return await schemes.GetSchemeAsync(Scheme) is null
                        ? (IResult)TypedResults.LocalRedirect(Paths.SignIn)
                        : TypedResults.Challenge(
                            new AuthenticationProperties { RedirectUri = ReturnAddress.Check(form["returnUrl"]) },
                            [Scheme]
                        );
                }
            )
            .AllowAnonymous();

    internal static Role RoleOf(IEnumerable<string> values, OpenIdConnectSettings settings)
    {
        var held = values.ToHashSet(StringComparer.Ordinal);
        return held.Contains(settings.AdminValue) ? Role.Admin
            : held.Contains(settings.MarketerValue) ? Role.Marketer
            : Role.Viewer;
    }

    private static async Task WelcomeAsync(TicketReceivedContext context, OpenIdConnectSettings settings)
    {
        var services = context.HttpContext.RequestServices;
        var person = context.Principal!;
        var subject = person.FindFirst("sub")?.Value;
        if (subject is null)
        {
            context.Fail("The identity provider named no subject.");
            return;
        }
        var role = RoleOf(person.FindAll(settings.RoleClaim).Select(claim => claim.Value), settings);
        var name = person.FindFirst("preferred_username")?.Value ?? person.FindFirst("name")?.Value ?? subject;
        var user = await RememberAsync(
            services.GetRequiredService<ConsoleDatabase>(),
            $"{settings.Authority} {subject}",
            name,
            role,
            services.GetRequiredService<TimeProvider>().GetUtcNow(),
            context.HttpContext.RequestAborted
        );
        if (user.Disabled)
            context.Fail("This account is closed here.");
        else
            context.Principal = ConsoleAuthentication.PrincipalOf(user);
    }

    private static async Task<User> RememberAsync(
        ConsoleDatabase database,
        string external,
        string name,
        Role role,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync(ConsoleDatabase.LockChanges, null, ct);
        var known = await work.QuerySingleOrDefaultAsync<User>(
            $"select {User.Columns} from users where external = @external",
            new { external },
            ct
        );
        var id = known?.Id ?? Guid.CreateVersion7(now);
        var wanted = name.Trim().ToLowerInvariant();
        await work.ExecuteAsync(
            """
            insert into users (id, name, role, external, stamp, created_at, signed_in_at)
            values (
                @Id,
                -- Somebody with a password may have the name already.
                case when exists (select from users where name = @Wanted and id <> @Id) then left(@Wanted, 160) || ' ' || @Id::text else left(@Wanted, 200) end,
                @Role, @External, @Stamp, @Now, @Now)
            on conflict (id) do update set role = excluded.role, signed_in_at = excluded.signed_in_at
            """,
            new
            {
                Id = id,
                Wanted = wanted,
                Role = Roles.NameOf(role),
                External = external,
                Stamp = Guid.CreateVersion7(now),
                Now = now,
            },
            ct
        );
        var user = await work.QuerySingleAsync<User>($"select {User.Columns} from users where id = @id", new { id }, ct);
        if (known?.Role != user.Role)
            await AuditLog.AppendAsync(
                work,
                new AuditEntry(
                    user.Name,
                    known is null ? "user.create" : "user.role",
                    user.Name,
                    $"{known?.Role ?? "nobody"} → {user.Role}, by the identity provider"
                ),
                now,
                ct
            );
        await work.CommitAsync(ct);
        return user;
    }
}
