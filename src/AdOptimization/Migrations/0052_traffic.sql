-- Page views that adverts led to, as the shop's own site saw them. Whether one is invalid is decided when it is read: that depends on others.
create table ad_visits (
    event_id     uuid primary key,
    customer_id  uuid not null,
    at           timestamptz not null,
    click_kind   text not null,
    click_id     text not null,
    source       text not null,
    channel      text not null,
    campaign     text not null,
    ad_set       text not null,
    creative     text not null,
    is_machine   boolean not null
);
create index ad_visits_by_time on ad_visits (at);
create index ad_visits_by_customer on ad_visits (customer_id, at);
create index ad_visits_by_click on ad_visits (click_kind, click_id, at) where click_id <> '';

-- What was bought, to be joined to the visits before it.
create table ad_orders (
    order_id     text primary key,
    customer_id  uuid not null,
    at           timestamptz not null,
    total        numeric not null,
    currency     text not null
);
create index ad_orders_by_time on ad_orders (at);
create index ad_orders_by_customer on ad_orders (customer_id, at);
