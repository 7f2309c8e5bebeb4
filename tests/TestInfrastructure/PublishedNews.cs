namespace MarketingPlatform.TestInfrastructure;

/// <summary>What a service publishes, kept when the dispatcher has already taken it out of the outbox.</summary>
public static class PublishedNews
{
    /// <summary>Run once on a service's database: from then on <c>test.published</c> holds <c>type</c> and <c>body</c> of each message by <c>id</c>.</summary>
    public const string RecordSql = """
        create schema test;
        create table test.published (id bigint generated always as identity, type text, body text);
        create function test.keep() returns trigger language plpgsql as $$
            begin insert into test.published (type, body) values (new.type, new.body); return new; end $$;
        create trigger keep after insert on platform.outbox for each row execute function test.keep();
        """;
}
