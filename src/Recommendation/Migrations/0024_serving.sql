-- Where recommendations are shown: what kind they are, how they are ranked, and the shop's rules.
create table placements (
    key text primary key,
    definition jsonb not null,
    version integer not null,
    changed_at timestamptz not null
);

-- This service's own copy of who is in which segment: for what trends among them.
create table segment_members (
    customer_id uuid not null,
    segment text not null,
    is_member boolean not null,
    at timestamptz not null,
    primary key (customer_id, segment)
);
create index segment_members_segment on segment_members (segment) where is_member;

-- What rises now; segment '' is everybody. Written whole by one instance every minute or so.
create table trends (
    segment text not null,
    product_id text not null,
    score real not null,
    visitors integer not null,
    primary key (segment, product_id)
);
create table trends_computed (
    single boolean primary key default true check (single),
    at timestamptz not null,
    version bigint not null
);
create index product_interest_recent on product_interest (last_at);

-- Products of one order: what is bought together. Written whole after a training.
create table basket_pairs (
    product_id text primary key,
    others text[] not null,
    similarities real[] not null
);
create table basket_pairs_computed (
    single boolean primary key default true check (single),
    at timestamptz not null,
    version bigint not null,
    orders integer not null
);

-- Most orders have no refund at all: one look into the index then decides.
create or replace view bought as
    select o.customer_id, o.order_id, i.product_id, o.at
    from orders o
    join order_items i on i.order_id = o.order_id
    where not exists (select from refunds r where r.order_id = o.order_id)
        or (i.quantity > coalesce(
                (select sum(r.quantity) from refunds r where r.order_id = o.order_id and r.product_id = i.product_id), 0)
            and not coalesce(
                (select sum(r.amount) >= o.total from refunds r where r.order_id = o.order_id and r.product_id = ''), false));
