-- Members of a segment who see no ads of a channel for a while, drawn by hash, and what both parts bought.
create table audience_hold_outs (
    id            uuid primary key,
    name          text not null,
    channel       text not null,
    segment       text not null,
    currency      text not null,
    held_share    double precision not null,
    starts_on     date not null,
    ends_on       date not null,
    days_before   int not null,
    created_at    timestamptz not null,
    -- The newest result; the factor once the last day is over.
    result        jsonb,
    factor        double precision,
    factor_error  double precision,
    analysed_at   timestamptz
);

-- As they were when it was planned: who comes and goes later is not told apart by what the ads did.
create table audience_hold_out_members (
    hold_out_id  uuid not null references audience_hold_outs (id) on delete cascade,
    customer_id  uuid not null,
    held         boolean not null,
    primary key (hold_out_id, customer_id)
);
create index audience_hold_out_members_customer on audience_hold_out_members (customer_id);
