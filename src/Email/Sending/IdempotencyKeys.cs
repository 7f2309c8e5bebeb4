using System.Security.Cryptography;
using System.Text.Json;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Hosting;
using MarketingPlatform.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketingPlatform.Email.Sending;

/// <summary>
/// <c>Idempotency-Key</c>: the same request under the same key has one effect, however often it comes; another request under it is
/// refused. Kept for seven days.
/// </summary>
internal static class IdempotencyKeys
{
    public const string Header = "Idempotency-Key";
    private const int MaxLength = 200;

    /// <param name="operation">Keys of different operations do not meet.</param>
    /// <param name="resource">What this request is about to create.</param>
    /// <returns>
    /// <paramref name="resource"/> for a new request; what the first one created for a repeated one; a problem for another request.
    /// </returns>
    public static async Task<(Guid Resource, ProblemHttpResult? Problem)> ClaimAsync(
        UnitOfWork work,
        string operation,
        string? key,
        object request,
        Guid resource,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (key is null)
            return (resource, null);
        if (key.Length is 0 or > MaxLength || key.Any(c => c is < ' ' or > '~'))
            return (resource, Problem.Invalid(new FieldError(Header, $"Give 1 to {MaxLength} printable ASCII characters.")));
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, Json.Options));
        // Waits for a request with the same key that is being answered at this moment.
        await work.ExecuteAsync(
            """
            insert into idempotency_keys (operation, key, request_hash, resource_id, at) values (@Operation, @Key, @Hash, @Resource, @Now)
            on conflict do nothing
            """,
            new
            {
                Operation = operation,
                Key = key,
                Hash = hash,
                Resource = resource,
                Now = now,
            },
            ct
        );
        var first = await work.QuerySingleAsync<First>(
            "select request_hash, resource_id from idempotency_keys where operation = @Operation and key = @Key",
            new { Operation = operation, Key = key },
            ct
        );
        return first.RequestHash.AsSpan().SequenceEqual(hash)
            ? (first.ResourceId, null)
            : (
                resource,
                Problem.Of(
                    StatusCodes.Status422UnprocessableEntity,
                    "idempotency-key-reused",
                    "This Idempotency-Key was used for another request",
                    "Use a new key for a new request; repeat a request unchanged to get the answer of the first."
                )
            );
    }

    private sealed record First(byte[] RequestHash, Guid ResourceId);
}
