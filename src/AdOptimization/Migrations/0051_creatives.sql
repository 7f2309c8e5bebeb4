-- Which creatives of an ad set are tried against each other, and every decision about them: the newest of a test is how it stands.
create table creative_tests (
    id              uuid primary key,
    name            text not null,
    channel         text not null,
    campaign        text not null,
    ad_set          text not null,
    metric          text not null check (metric in ('clicks', 'conversions', 'value')),
    method          text not null check (method in ('split', 'thompson')),
    creatives       text[] not null,
    minimum_share   double precision not null,
    half_life_days  double precision not null,
    starts_on       date not null,
    seed            int not null,
    created_at      timestamptz not null,
    stopped_at      timestamptz
);
create index creative_tests_running on creative_tests (channel, campaign, ad_set) where stopped_at is null;

create table creative_decisions (
    id          uuid primary key,
    -- In the order they were made: ids of one millisecond have none.
    number      bigint generated always as identity,
    test_id     uuid not null references creative_tests (id) on delete cascade,
    cause       text not null,
    arms        jsonb not null,
    trace_id    text,
    decided_at  timestamptz not null
);
create index creative_decisions_by_test on creative_decisions (test_id, number desc);
