create table customers (
    id uuid primary key,
    version bigint not null,
    user_id text,
    email text,
    first_name text,
    last_name text,
    age int,
    gender text,
    country text,
    city text,
    language text,
    time_zone text,
    -- Every trait with the time of the event that set it: {"plan": {"v": "pro", "at": "…"}}. The columns above are read from it.
    traits jsonb not null default '{}',
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null
);

create index customers_email on customers (email);

create table identifiers (
    kind text not null,
    value text not null,
    customer_id uuid not null,
    primary key (kind, value)
);

create index identifiers_customer on identifiers (customer_id);

-- Who was folded into whom, for late events that still name the old id, and for undoing.
create table merges (
    from_id uuid primary key,
    into_id uuid not null,
    at timestamptz not null
);

create table received_messages (
    message_id text primary key,
    received_at timestamptz not null
);

create index received_messages_age on received_messages (received_at);

create table events (
    id uuid not null,
    customer_id uuid not null,
    kind text not null,
    name text,
    message_id text not null,
    properties jsonb,
    context jsonb,
    at timestamptz not null,
    received_at timestamptz not null
) partition by range (received_at);

create index events_customer on events (customer_id, at);

create table rejections (
    id uuid primary key,
    reason text not null,
    detail text not null,
    body text not null,
    received_at timestamptz not null
);

create index rejections_age on rejections (received_at);

create table consents (
    id uuid primary key,
    customer_id uuid not null,
    purpose text not null,
    granted boolean not null,
    source text not null,
    at timestamptz not null,
    recorded_at timestamptz not null
);

create index consents_customer on consents (customer_id, purpose, at);

create table carts (
    customer_id uuid not null,
    cart_id text not null,
    -- For shops that send no cart id: which cart of this customer it is.
    generation int,
    lines jsonb not null,
    currency text not null,
    touched_at timestamptz not null,
    status text not null check (status in ('open', 'abandoned', 'ordered', 'expired')),
    trace_parent text,
    primary key (customer_id, cart_id)
);

create index carts_open on carts (touched_at) where status = 'open';

create table cart_touches (
    event_id uuid primary key,
    customer_id uuid not null,
    cart_id text not null,
    kind text not null check (kind in ('add', 'remove', 'content')),
    lines jsonb not null,
    at timestamptz not null
);

create index cart_touches_cart on cart_touches (customer_id, cart_id);

create table orders (
    order_id text primary key,
    customer_id uuid not null,
    cart_id text,
    lines jsonb not null,
    total numeric not null,
    currency text not null,
    at timestamptz not null
);

create index orders_customer on orders (customer_id, at);

create table refunds (
    refund_id text primary key,
    order_id text,
    customer_id uuid not null,
    lines jsonb not null,
    amount numeric not null,
    currency text not null,
    at timestamptz not null
);

create index refunds_customer on refunds (customer_id);

create table settings (
    key text primary key,
    value jsonb not null
);

create table imports (
    id uuid primary key,
    kind text not null,
    name text,
    status text not null check (status in ('running', 'done', 'failed')),
    report jsonb not null,
    error text,
    started_at timestamptz not null,
    finished_at timestamptz
);

-- Months have partitions of their own, made ahead of time; this one catches what comes before they are there.
create table events_other partition of events default;
