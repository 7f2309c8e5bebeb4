-- What each cell (channel, campaign, segment) cost and brought on a day of the shop. '' where a row names no campaign or segment.
create table performance (
    date         date not null,
    channel      text not null,
    campaign     text not null,
    segment      text not null,
    spend        numeric not null,
    currency     text not null,
    impressions  bigint not null,
    clicks       bigint not null,
    conversions  bigint not null,
    value        numeric,
    arrived_at   timestamptz not null,
    primary key (date, channel, campaign, segment)
);

-- Decisions, with all that is needed to make them again: the seed and, for each cell, what was known.
create table allocations (
    id                    uuid primary key,
    date                  date not null,
    total                 numeric not null,
    currency              text not null,
    minimum_share         double precision not null,
    maximum_daily_change  double precision not null,
    method                text not null,
    seed                  int not null,
    lots                  int not null,
    learnt_from           date not null,
    learnt_to             date not null,
    previous_id           uuid references allocations (id),
    notes                 text[] not null,
    trace_id              text,
    decided_at            timestamptz not null
);
create index allocations_by_day on allocations (currency, date desc, id desc);

create table allocation_cells (
    allocation_id        uuid not null references allocations (id) on delete cascade,
    channel              text not null,
    campaign             text not null,
    segment              text not null,
    amount               numeric not null,
    previous_amount      numeric,
    probability          double precision not null,
    expected_return      double precision not null,
    alpha                double precision not null,
    beta                 double precision not null,
    price_per_click      double precision not null,
    worth_of_conversion  double precision not null,
    impressions          bigint not null,
    clicks               bigint not null,
    conversions          bigint not null,
    spend                numeric not null,
    value                numeric,
    explanation          text not null,
    primary key (allocation_id, channel, campaign, segment)
);

-- What decides who is in an audience. Every row keeps the id it came with; who it counts for is looked up in merges when it is read.
-- So the same members result in whatever order events come, and an unmerge restores exactly.
create table abandoned_carts (
    customer_id  uuid primary key,
    touched_at   timestamptz not null,
    joined_at    timestamptz not null
);
create index abandoned_carts_by_touch on abandoned_carts (touched_at);

create table last_orders (
    customer_id  uuid primary key,
    at           timestamptz not null
);

create table consents (
    customer_id  uuid primary key,
    granted      boolean not null,
    at           timestamptz not null
);

-- One row for each id that was ever merged away: the newest word on it by event time. root_id is the end of the chain of active
-- merges (from_id itself when the merge was undone).
create table merges (
    from_id  uuid primary key,
    into_id  uuid not null,
    active   boolean not null,
    at       timestamptz not null,
    root_id  uuid not null
);
create index merges_by_into on merges (into_id);
create index merges_by_root on merges (root_id);

-- Ids that were erased, as hashes: a late event of an erased customer must not bring them back, and the id itself must be gone.
create table erased (
    id_hash  bytea primary key,
    at       timestamptz not null
);
create function is_erased(id uuid) returns boolean language sql stable as
    $$ select exists (select from erased where id_hash = sha256(uuid_send(id))) $$;
