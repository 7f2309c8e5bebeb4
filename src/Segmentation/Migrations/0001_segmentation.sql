-- What is known of customers. Every row keeps the id it came with (origin_id) for ever; who it counts for is looked up in merges
-- when segments are evaluated. So a merge folds and an unmerge restores exactly, whenever an event arrives.

create table customers (
    origin_id      uuid primary key,
    version        bigint not null default 0,
    has_email      boolean not null default false,
    age            int,
    gender         text,
    country        text,
    city           text,
    language       text,
    time_zone      text,
    first_seen_at  timestamptz not null,
    last_seen_at   timestamptz not null,
    last_order_at  timestamptz
);

create table consents (
    origin_id  uuid not null,
    purpose    text not null,
    granted    boolean not null,
    source     text not null,
    at         timestamptz not null,
    primary key (origin_id, purpose)
);

create table orders (
    order_id   text primary key,
    origin_id  uuid not null,
    at         timestamptz not null,
    total      numeric not null,
    currency   text not null
);
create index orders_by_origin on orders (origin_id);

create table refunds (
    refund_id  text primary key,
    origin_id  uuid not null,
    order_id   text,
    at         timestamptz not null,
    amount     numeric not null,
    currency   text not null
);
create index refunds_by_origin on refunds (origin_id);

-- A day with any activity is a visit; days are days of the shop.
create table activity_days (
    origin_id      uuid not null,
    day            date not null,
    events         int not null,
    page_views     int not null,
    product_views  int not null,
    primary key (origin_id, day)
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

create table segments (
    id           uuid primary key,
    key          text not null unique,
    name         text not null,
    kind         text not null check (kind in ('rule', 'rfm')),
    description  text not null,
    updated_at   timestamptz not null
);

create table memberships (
    segment_id   uuid not null references segments (id) on delete cascade,
    customer_id  uuid not null,
    entered_at   timestamptz not null,
    primary key (segment_id, customer_id)
);
create index memberships_by_customer on memberships (customer_id);

create table rfm_scores (
    customer_id    uuid primary key,
    last_order_on  date not null,
    frequency      int not null,
    monetary       numeric not null,
    r              int not null,
    f              int not null,
    m              int not null
);

-- A row for each committed transaction that may have moved somebody; the evaluation takes them away.
create table changes (
    id  bigint generated always as identity primary key
);

-- The last complete evaluation: one row.
create table evaluations (
    only_row        boolean primary key default true check (only_row),
    computed_at     timestamptz not null,
    newest_order_on date,
    currency        text,
    foreign_orders  bigint not null
);
