using System.Net.Sockets;
using CsCheck;
using MarketingPlatform.Platform.Data;
using MarketingPlatform.Platform.Messaging;
using Npgsql;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Messaging;

public sealed class FailureTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Pauses_grow_from_attempt_to_attempt_and_stay_below_eight_seconds() =>
        Gen.Select(Gen.Int[2, 20], Gen.Double[0, 1])
            .Sample(
                (attempt, jitter) =>
                    Failure.PauseBefore(attempt, jitter) is var pause
                    && pause >= TimeSpan.FromMilliseconds(25)
                    && pause < TimeSpan.FromSeconds(8)
                    && Failure.PauseBefore(attempt + 1, jitter) >= pause
            );

    [Fact]
    public void Jitter_spreads_a_pause_from_half_to_one_and_a_half_of_it()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(25), Failure.PauseBefore(2, 0));
        Assert.Equal(TimeSpan.FromMilliseconds(75), Failure.PauseBefore(2, 1));
    }

    [Fact]
    public void A_message_is_tried_once_for_each_pause_of_the_schedule_and_then_parked() =>
        Gen.Int[0, 100_000]
            .Select(seconds => TimeSpan.FromSeconds(seconds))
            .Array[0, 10]
            .Sample(schedule =>
            {
                for (var attempts = 0; attempts < schedule.Length; attempts++)
                    Assert.Equal(Now + schedule[attempts], Failure.NextAttempt(schedule, attempts, Now));
                Assert.Null(Failure.NextAttempt(schedule, schedule.Length, Now));
                Assert.Null(Failure.NextAttempt(schedule, schedule.Length + 7, Now));
            });

    public static TheoryData<Exception, bool> Causes() =>
        new()
        {
            { new DatabaseNotReadyException("starting"), true },
            { new NpgsqlException("refused", new SocketException()), true },
            { new NpgsqlException("reading", new IOException()), true },
            { new NpgsqlException("timeout", new TimeoutException()), true },
            { Postgres(PostgresErrorCodes.AdminShutdown), true },
            { Postgres(PostgresErrorCodes.CannotConnectNow), true },
            { Postgres(PostgresErrorCodes.TooManyConnections), true },
            { Postgres(PostgresErrorCodes.UniqueViolation), false },
            { Postgres(PostgresErrorCodes.DeadlockDetected), false },
            { new InvalidOperationException("a bug"), false },
            { new TimeoutException("another service"), false },
            { new HttpRequestException("another service", new SocketException()), false },
        };

    [Theory]
    [MemberData(nameof(Causes), DisableDiscoveryEnumeration = true)]
    public void Only_what_waiting_for_the_database_heals_counts_as_its_failure(Exception cause, bool expected) =>
        Assert.Equal(expected, Failure.IsOfDatabase(cause));

    private static PostgresException Postgres(string state) => new("message", "ERROR", "ERROR", state);
}
