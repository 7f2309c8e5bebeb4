-- Regions that see no ads of a channel for a while, drawn by chance, and what all of them bought: what ads cause, not what they accompany.
create table hold_outs (
    id            uuid primary key,
    name          text not null,
    channel       text not null,
    currency      text not null,
    starts_on     date not null,
    ends_on       date not null,
    days_before   int not null,
    advertised    text[] not null,
    held          text[] not null,
    seed          int not null,
    created_at    timestamptz not null,
    -- The newest result: value that the ads caused by money spent on them, and by the value that the platform reports for them.
    result        jsonb,
    factor        double precision,
    factor_error  double precision,
    analysed_at   timestamptz
);

create table hold_out_days (
    hold_out_id  uuid not null references hold_outs (id) on delete cascade,
    date         date not null,
    region       text not null,
    revenue      numeric not null,
    spend        numeric not null,
    primary key (hold_out_id, region, date)
);
