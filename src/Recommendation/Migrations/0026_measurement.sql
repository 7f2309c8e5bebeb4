-- What was recommended to whom, by what, and how likely the first place was: one row an answer.
create table decisions (
    decision_id text primary key,
    at timestamptz not null,
    customer_id uuid,
    placement text not null,
    model_version text,
    experiment text,
    arm text,
    products text[] not null,
    shortlist text[] not null,
    chosen integer not null,
    propensity double precision not null
);
create index decisions_at on decisions (at);
create index decisions_customer on decisions (customer_id, at desc);

-- What became of it. product_id is '' where the whole list was seen.
create table recommendation_events (
    decision_id text not null,
    kind text not null,
    product_id text not null,
    customer_id uuid,
    at timestamptz not null,
    primary key (decision_id, kind, product_id)
);
create index recommendation_events_at on recommendation_events (at);
create index recommendation_events_customer on recommendation_events (customer_id);

create table recommendation_experiments (
    key text primary key,
    placement text not null,
    arms jsonb not null,
    started_at timestamptz not null,
    ended_at timestamptz
);
-- Two at one place would mix.
create unique index recommendation_experiments_running on recommendation_experiments (placement) where ended_at is null;
create index orders_customer_items on order_items (product_id, order_id);
