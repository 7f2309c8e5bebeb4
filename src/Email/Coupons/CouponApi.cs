using MarketingPlatform.Contracts;
using MarketingPlatform.Platform.Http;
using MarketingPlatform.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace MarketingPlatform.Email.Coupons;

/// <summary>A pool, as the API shows it.</summary>
internal sealed record CouponPool(string Name, int Codes, int Free, int Assigned, int Redeemed, DateTimeOffset CreatedAt);

/// <summary>Codes to be added to a pool.</summary>
internal sealed record CouponCodes(IReadOnlyList<string>? Codes);

/// <param name="Added">Codes that the pool did not have.</param>
internal sealed record CouponCodesResult(int Added, int Known, CouponPool Pool);

/// <summary><c>GET /api/v1/coupons</c>: the pools and how full they are; <c>GET /api/v1/coupons/{pool}</c>: one.</summary>
internal static class ListCouponPools
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(Routes.Coupons, HandleAsync).RequireScope(Scope.Read);
        root.MapGet(Routes.Coupons + "/{pool}", GetAsync).RequireScope(Scope.Read);
    }

    internal static async Task<IResult> HandleAsync(EmailDatabase db, int? limit, string? cursor, CancellationToken ct)
    {
        if (!Limit.TryRead(limit, out var rows, out var badLimit))
            return Problem.Invalid(badLimit);
        if (!Cursor.TryRead(cursor, 1, out var after, out var badCursor))
            return Problem.Invalid(badCursor);
        var found = await db.QueryAsync<CouponPool>(
            Sql + " where @After::text is null or p.name > @After group by p.name order by p.name limit @Rows",
            new { After = after?[0], Rows = rows + 1 },
            ct
        );
        return TypedResults.Ok(Pages.Of(found, rows, pool => Cursor.Encode(pool.Name)));
    }

    internal static async Task<IResult> GetAsync(string pool, EmailDatabase db, CancellationToken ct) =>
        await FindAsync(db, pool, ct) is { } found
            ? TypedResults.Ok(found)
            : Problem.NotFound("coupon-pool", "There is no pool of this name; POST codes to /api/v1/coupons/{pool} to make it.");

    internal static Task<CouponPool?> FindAsync(EmailDatabase db, string pool, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<CouponPool>(Sql + " where p.name = @Pool group by p.name", new { Pool = pool }, ct);

    private const string Sql = """
        select p.name, count(c.code)::int as codes, (count(c.code) filter (where c.customer_id is null))::int as free,
            (count(c.code) filter (where c.customer_id is not null and c.redeemed_at is null))::int as assigned,
            (count(c.code) filter (where c.redeemed_at is not null))::int as redeemed, p.created_at
        from coupon_pools p left join coupons c on c.pool = p.name
        """;
}

/// <summary><c>POST /api/v1/coupons/{pool}</c>: adds codes; makes the pool where there is none. A code that is there already stays as it is.</summary>
internal static class AddCoupons
{
    private const int MaxBodyBytes = 16 * 1024 * 1024;
    private const int MaxCodes = 100_000;
    private const int MaxLength = 64;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapPost(Routes.Coupons + "/{pool}", HandleAsync)
            .RequireScope(Scope.Write)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));

    internal static async Task<IResult> HandleAsync(
        string pool,
        CouponCodes body,
        EmailDatabase db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (Check(pool, body) is { Count: > 0 } errors)
            return Problem.Invalid([.. errors]);
        var codes = body.Codes!.Select(code => code.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var added = await db.ExecuteAsync(
            """
            with pool as (
                insert into coupon_pools (name, created_at) values (@Pool, @Now) on conflict do nothing
            )
            insert into coupons (pool, code)
            select @Pool, code from unnest(@Codes::text[]) as c (code)
            where not exists (select from coupons known where lower(known.code) = lower(c.code))
            on conflict do nothing
            """,
            new
            {
                Pool = pool,
                Codes = codes,
                Now = clock.GetUtcNow(),
            },
            ct
        );
        return TypedResults.Ok(new CouponCodesResult(added, codes.Length - added, (await ListCouponPools.FindAsync(db, pool, ct))!));
    }

    internal static List<FieldError> Check(string pool, CouponCodes body)
    {
        List<FieldError> errors = [];
        if (!Templates.TemplateName.IsValid(pool))
            errors.Add(new("pool", Templates.TemplateName.Rule));
        if (body.Codes is not { Count: > 0 and <= MaxCodes })
            errors.Add(new("codes", $"Give a list of 1 to {MaxCodes} codes."));
        else if (
            body.Codes.Any(code =>
                code is null
                || code.Trim().Length is 0 or > MaxLength
                || code.Trim().Any(c => char.IsControl(c) || c is '<' or '>' or '&' or '"')
            )
        )
            errors.Add(new("codes", $"A code has 1 to {MaxLength} characters, none of them < > & \" or a control character."));
        return errors;
    }
}
