-- Every version of a row that ever counted and knew conversions, as it came: never changed, so that one can see how late conversions are reported.
create table performance_versions (
    date         date not null,
    channel      text not null,
    campaign     text not null,
    segment      text not null,
    spend        numeric not null,
    currency     text not null,
    conversions  bigint not null,
    value        numeric,
    arrived_at   timestamptz not null
);
create index performance_versions_by_day on performance_versions (date, channel, campaign, segment, arrived_at);
insert into performance_versions (date, channel, campaign, segment, spend, currency, conversions, value, arrived_at)
select date, channel, campaign, segment, spend, currency, conversions, value, arrived_at from performance
where conversions is not null;
