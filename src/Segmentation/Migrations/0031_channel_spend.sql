-- What each channel cost on a day, by campaign ('' for none); the latest word counts.
create table channel_spend (
    date      date not null,
    channel   text not null,
    campaign  text not null,
    spend     numeric not null,
    currency  text not null,
    at        timestamptz not null,
    primary key (date, channel, campaign)
);
