using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Automations.Definition;
using MarketingPlatform.Email.Automations.Execution;
using MarketingPlatform.Email.Automations.Running;
using MarketingPlatform.Email.Recipients;
using MarketingPlatform.Email.Sending;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Email.Automations.Api;

/// <param name="CustomerId">Or <paramref name="Email"/>, of a customer who is known by it.</param>
/// <param name="Data">An object: what conditions and templates see.</param>
internal sealed record BeginJourneyRequest(Guid? CustomerId, string? Email, JsonElement? Data);

/// <param name="Accepted">False: somebody with this Idempotency-Key began it before.</param>
internal sealed record BegunJourney(Guid EventId, Guid CustomerId, bool Accepted);

/// <summary>
/// <c>POST /api/v1/automations/{name}/journeys</c>, for automations with the trigger <c>api</c>; <c>POST …/{name}/hook/{token}</c> for those
/// with <c>web-hook</c>: an address that only who was given it knows (<c>GET …/{name}/hook</c> tells it).
/// </summary>
internal static class BeginJourney
{
    private const int MaxBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapPost(Routes.Automations + "/{name}/journeys", HandleAsync)
            .RequireScope(Scope.Write)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .WithName("beginJourney");
        root.MapGet(Routes.Automations + "/{name}/hook", ShowHookAsync).RequireScope(Scope.Write);
        root.MapPost(Routes.Automations + "/{name}/hook/{token}", HookAsync)
            .AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes));
    }

    internal static Task<IResult> HandleAsync(
        string name,
        BeginJourneyRequest request,
        [FromHeader(Name = IdempotencyKeys.Header)] string? idempotencyKey,
        JourneyDoor door,
        CancellationToken ct
    ) => door.BeginAsync<Trigger.Api>(name, request, idempotencyKey, ct);

    internal static async Task<IResult> ShowHookAsync(string name, JourneyDoor door, CancellationToken ct) =>
        TypedResults.Ok(new { path = $"{Routes.Automations}/{name}/hook/{await door.TokenAsync(name, ct)}" });

    internal static async Task<IResult> HookAsync(
        string name,
        string token,
        BeginJourneyRequest request,
        [FromHeader(Name = IdempotencyKeys.Header)] string? idempotencyKey,
        JourneyDoor door,
        CancellationToken ct
    )
    {
        var expected = await door.TokenAsync(name, ct);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(expected))
            ? await door.BeginAsync<Trigger.WebHook>(name, request, idempotencyKey, ct)
            : ReadAutomations.NotThere();
    }
}

/// <summary>Lets somebody into an automation because a system said so.</summary>
internal sealed class JourneyDoor(EmailDatabase db, AutomationStore store, AutomationIntake intake, SigningKeys keys, TimeProvider clock)
{
    public async Task<string> TokenAsync(string name, CancellationToken ct) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(await keys.WebHooksAsync(ct), Encoding.UTF8.GetBytes(name))[..16]);

    public async Task<IResult> BeginAsync<TTrigger>(string name, BeginJourneyRequest request, string? key, CancellationToken ct)
        where TTrigger : Trigger
    {
        var plan = (await store.ReadyAsync(ct)).Open.FirstOrDefault(one => one.Name == name);
        if (plan is null)
            return ReadAutomations.NotThere();
        if (plan.Automation.Trigger is not TTrigger)
            return Problem.Of(
                StatusCodes.Status409Conflict,
                "other-trigger",
                "This automation begins another way",
                $"Its trigger is {plan.TriggerEvent}; a call begins only automations whose trigger says so."
            );
        if ((request.CustomerId is null) == (request.Email is null))
            return Problem.Invalid(new FieldError("customerId", "Give either customerId or email."));
        if (request.Data is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
            return Problem.Invalid(new FieldError("data", "Give an object."));
        if (await CustomerAsync(request, ct) is not { } customer)
            return Problem.Invalid(new FieldError("email", "No customer is known by this address."));
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var work = await db.BeginAsync(ct);
        var (resource, conflict) = await IdempotencyKeys.ClaimAsync(work, "begin-journey", key, request, id, now, ct);
        if (conflict is not null)
            return conflict;
        if (resource == id)
        {
            var data = request.Data is { ValueKind: JsonValueKind.Object } given ? given : EventData.Empty;
            await intake.HandleAsync(work, [new(id, customer, plan.TriggerEvent, now, data)], ct);
            await work.CommitAsync(ct);
        }
        return TypedResults.Accepted((string?)null, new BegunJourney(resource, customer, resource == id));
    }

    private async Task<Guid?> CustomerAsync(BeginJourneyRequest request, CancellationToken ct)
    {
        if (request.CustomerId is { } customer)
            return customer;
        var hash = await keys.HashAddressAsync(request.Email!, ct);
        return (await AudienceReader.FindAsync(db, [hash], ct)).TryGetValue(Convert.ToHexString(hash), out var found) ? found : null;
    }
}
