using MarketingPlatform.Console.Api;
using MarketingPlatform.Console.Users;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace MarketingPlatform.Console.Shell;

/// <summary>A page for somebody who is signed in.</summary>
public abstract class ConsolePage : ComponentBase
{
    [CascadingParameter]
    private Task<AuthenticationState>? SignedIn { get; set; }

    [CascadingParameter]
    protected HttpContext? Http { get; set; }

    [Inject]
    private PlatformApi Api { get; set; } = null!;

    private protected Role Role { get; private set; }

    protected string UserName { get; private set; } = "";

    protected CancellationToken Gone => Http?.RequestAborted ?? default;

    protected sealed override async Task OnInitializedAsync()
    {
        var user = (await SignedIn!).User;
        Role = user.RoleOf() ?? Role.Viewer;
        UserName = user.NameOfUser();
        await LoadAsync();
    }

    protected virtual Task LoadAsync() => Task.CompletedTask;

    private protected Task<Answer<T>> GetAsync<T>(string path) => Api.GetAsync<T>(Role, path, Gone);
}
