-- Money that went back. A refund may come before its order, and is only taken off when revenue is read.
create table order_refunds (
    refund_id text primary key,
    customer_id uuid not null,
    -- Null: the shop did not say which.
    order_id text,
    amount numeric not null,
    currency text not null,
    at timestamptz not null
);

create index order_refunds_order on order_refunds (order_id) where order_id is not null;
create index order_refunds_customer on order_refunds (customer_id, at) where order_id is null;

-- What is left of each order. A refund that names no order is taken off the customer's last one before it; nothing falls below 0.
create view order_revenue as
select o.order_id, o.customer_id, o.currency, o.at,
    greatest(0, o.total - coalesce((
        select sum(r.amount) from order_refunds r where r.order_id = o.order_id and r.currency = o.currency), 0) - coalesce((
        select sum(r.amount) from order_refunds r
        where r.order_id is null and r.customer_id = o.customer_id and r.currency = o.currency and r.at >= o.at and not exists (
            select from order_totals later
            where later.customer_id = o.customer_id and later.currency = o.currency and later.at <= r.at
                and (later.at, later.order_id) > (o.at, o.order_id))), 0)) as total
from order_totals o;

-- Whose refunds lower it; null where the goal was no order.
alter table journey_goals add column order_id text;
