-- What a cell's day is made of, where its feed tells by hour, ad set or creative: the day of the cell in performance is their sum.
-- hour -1 is a whole day; '' where a row names no ad set or creative. A part counts once the day that it sums to was believed.
create table performance_parts (
    date         date not null,
    channel      text not null,
    campaign     text not null,
    segment      text not null,
    ad_set       text not null,
    creative     text not null,
    hour         smallint not null check (hour between -1 and 23),
    spend        numeric not null,
    currency     text not null,
    impressions  bigint not null,
    clicks       bigint not null,
    conversions  bigint not null,
    value        numeric,
    reach        bigint,
    counts       boolean not null default false,
    arrived_at   timestamptz not null,
    primary key (date, channel, campaign, segment, ad_set, creative, hour)
);
create index performance_parts_by_creative on performance_parts (channel, campaign, ad_set, creative, date) where creative <> '';
