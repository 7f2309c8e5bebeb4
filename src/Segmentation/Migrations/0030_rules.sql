-- What rules ask for beyond the first tables, and the segments that a shop makes itself.

-- Behaviour and mail events, each once. Names, channels and properties are folded to one case by the service before they come here;
-- properties holds scalars only.
create table events (
    event_id    uuid not null,
    origin_id   uuid not null,
    name        text not null,
    channel     text,
    properties  jsonb,
    at          timestamptz not null,
    primary key (origin_id, name, at, event_id)
);
create index events_by_name on events (name, at) include (origin_id);
create index events_by_channel on events (channel, at) include (origin_id) where channel is not null;
create index events_by_time on events using brin (at);

create table order_lines (
    order_id    text not null,
    line        int not null,
    product_id  text not null,
    quantity    int not null,
    unit_price  numeric not null,
    primary key (order_id, line)
);
create index order_lines_by_product on order_lines (product_id);

-- The category of each product, as the catalogue now has it.
create table products (
    product_id  text primary key,
    version     bigint not null,
    category    text
);
create index products_by_category on products (category);

-- Scalars by name, folded.
alter table customers add traits jsonb not null default '{}';
update customers set traits = jsonb_strip_nulls(jsonb_build_object(
    'age', age, 'gender', lower(gender), 'country', lower(country), 'city', lower(city), 'language', lower(language),
    'time_zone', lower(time_zone), 'has_email', has_email))
where version > 0;

-- Predictions by name; who has no row has no score.
create table scores (
    customer_id  uuid not null,
    name         text not null,
    value        numeric not null,
    at           timestamptz not null,
    primary key (customer_id, name)
);

-- rule is null in built-in segments. applied_version: of the rule that memberships were last computed by for everybody.
alter table segments
    add rule             jsonb,
    add version          int not null default 1,
    add applied_version  int not null default 0,
    add deleting         boolean not null default false;

-- Customers of whom something committed since their rules were last looked at; one row a customer and transaction.
create table dirty (
    id         bigint generated always as identity primary key,
    origin_id  uuid not null
);

-- When the answer of some rule about a customer may next change though nothing happens.
create table due (
    customer_id  uuid primary key,
    at           timestamptz not null
);
create index due_by_time on due (at);

-- Differences that a set-based evaluation found and that are not applied and published yet.
create table staged (
    segment_id   uuid not null references segments (id) on delete cascade,
    customer_id  uuid not null,
    entered      boolean not null,
    primary key (segment_id, customer_id)
);
create index staged_by_customer on staged (customer_id);

-- What the nightly recompute found: rows where the set-based answer differed from the stored one. 0 is expected.
create table shadow_recomputes (
    segment_id  uuid not null references segments (id) on delete cascade,
    at          timestamptz not null,
    members     bigint not null,
    differing   bigint not null,
    primary key (segment_id, at)
);
