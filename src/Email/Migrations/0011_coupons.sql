create table coupon_pools (
    name text primary key,
    created_at timestamptz not null
);

create table coupons (
    pool text not null references coupon_pools (name),
    code text not null,
    -- Who has it; a code of nobody is still to be given away.
    customer_id uuid,
    assigned_at timestamptz,
    order_id text,
    redeemed_at timestamptz,
    primary key (pool, code)
);

-- One open code a person and pool, however many mails ask at the same time.
create unique index coupons_open on coupons (pool, customer_id) where redeemed_at is null;
create index coupons_free on coupons (pool) where customer_id is null;
create index coupons_code on coupons (lower(code));
create index coupons_customer on coupons (customer_id) where customer_id is not null;
