-- A refund may come before its order, or name neither amount nor currency: what it said is kept, and it is settled when the order is known.
alter table refunds
    add column said_amount numeric,
    add column said_currency text,
    add column settled boolean not null default true;

create index refunds_order on refunds (order_id);
create index refunds_open on refunds (order_id) where not settled;
