-- Rows that the cell's own history makes implausible: they count nowhere until somebody says what they are.
create table held_performance (
    id           uuid primary key,
    date         date not null,
    channel      text not null,
    campaign     text not null,
    segment      text not null,
    spend        numeric not null,
    currency     text not null,
    impressions  bigint,
    clicks       bigint,
    conversions  bigint,
    value        numeric,
    reason       text not null,
    held_at      timestamptz not null,
    outcome      text check (outcome in ('released', 'refused', 'replaced')),
    decided_at   timestamptz
);
create unique index held_performance_open on held_performance (date, channel, campaign, segment) where outcome is null;
