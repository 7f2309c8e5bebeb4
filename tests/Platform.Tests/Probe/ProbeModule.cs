using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Security;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace MarketingPlatform.Platform.Tests.Probe;

internal sealed class ProbeDatabase(NpgsqlDataSource source) : ServiceDatabase(source);

/// <summary>The smallest service that uses all of Platform: it takes notes over HTTP, publishes each, and two consumers write them down.</summary>
internal sealed class ProbeModule : IServiceModule
{
    public const int SmallBody = 200;
    public const int LargeBody = 50_000;

    public string Name => "probe";

    public void AddServices(IHostApplicationBuilder builder) => builder.AddServiceDatabase<ProbeDatabase>("probe", "probe-db");

    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddInboxConsumer<FirstConsumer>("probe");
        // A service listens to an event once: the other consumer is one of another service in the same process.
        bus.AddInboxConsumer<SecondConsumer>("echo");
    }

    public void MapEndpoints(IEndpointRouteBuilder root)
    {
        root.MapPost("/notes", PublishAsync).RequireScope(Scope.Write);
        root.MapGet("/open", () => TypedResults.Text("open")).AllowAnonymous();
        root.MapGet("/for/collect", () => TypedResults.NoContent()).RequireScope(Scope.Collect);
        root.MapGet("/for/read", () => TypedResults.NoContent()).RequireScope(Scope.Read);
        root.MapGet("/for/write", () => TypedResults.NoContent()).RequireScope(Scope.Write);
        root.MapGet("/for/admin", () => TypedResults.NoContent()).RequireScope(Scope.Admin);
        root.MapGet("/bug", string () => throw new InvalidOperationException("secret of the house")).AllowAnonymous();
        root.MapPost("/echo", (Note note) => TypedResults.Ok(note)).AllowAnonymous();
        root.MapPost("/echo/small", (Note note) => TypedResults.Ok(note))
            .AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(SmallBody));
        root.MapPost("/echo/large", (Note note) => TypedResults.Ok(note))
            .AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(LargeBody));
    }

    private static async Task<IResult> PublishAsync(Note note, ProbeDatabase database, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        work.Publish(new Noted(note.Text));
        await work.CommitAsync(ct);
        return TypedResults.Accepted((string?)null);
    }

    internal sealed record Note(string Text);
}

/// <param name="About">Whom it names; null: nobody.</param>
public sealed record Noted(string Text, Guid? About = null);

/// <summary>Nobody consumes it.</summary>
public sealed record Ignored(string Text);

/// <summary>What happens before the consumers of one host write: tests block, fail or look around here.</summary>
internal sealed class Script(string host = "only")
{
    public string Host { get; } = host;

    public Func<string, IReadOnlyList<Received<Noted>>, CancellationToken, Task> Before { get; set; } = (_, _, _) => Task.CompletedTask;

    public async Task WriteDownAsync(string consumer, IReadOnlyList<Received<Noted>> messages, UnitOfWork work, CancellationToken ct)
    {
        await Before(consumer, messages, ct);
        await work.ExecuteAsync(
            "insert into effects (consumer, note, host) select @consumer, note, @Host from unnest(@Notes::text[]) as notes (note)",
            new
            {
                consumer,
                Host,
                Notes = messages.Select(message => message.Message.Text).ToArray(),
            },
            ct
        );
    }
}

internal sealed class FirstConsumer(InboxServices<ProbeDatabase> inbox, Script script) : InboxConsumer<ProbeDatabase, Noted>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<Noted>> messages, UnitOfWork work, CancellationToken ct) =>
        script.WriteDownAsync("first", messages, work, ct);
}

internal sealed class SecondConsumer(InboxServices<ProbeDatabase> inbox, Script script) : InboxConsumer<ProbeDatabase, Noted>(inbox)
{
    public override Task HandleAsync(IReadOnlyList<Received<Noted>> messages, UnitOfWork work, CancellationToken ct) =>
        script.WriteDownAsync("second", messages, work, ct);
}
