-- A merge moves rows to the customer who stays. A row that was moved keeps the id that it was stored under (origin_id; null: never moved),
-- and each profile is kept as it was when its customer first took part in a merge: so a merge can be taken back.
do $$
declare
    name text;
begin
    foreach name in array array['identifiers', 'events', 'consents', 'carts', 'cart_touches', 'orders', 'refunds', 'timeline_entries'] loop
        if to_regclass(name) is not null then
            execute format('alter table %I add column if not exists origin_id uuid', name);
        end if;
    end loop;
end $$;

-- into_id follows further merges; merged_into_id stays what it was, so that undoing one merge brings back those below it. Null: merged
-- before what is needed to undo it was kept.
alter table merges add column merged_into_id uuid;

create table profile_parts (
    origin_id uuid primary key,
    -- The person whom this is a part of.
    customer_id uuid not null,
    version bigint not null,
    user_id text,
    traits jsonb not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null
);

create index profile_parts_customer on profile_parts (customer_id);

-- Carts of the same id whose customers were merged, both as they were.
create table folded_carts (like carts including defaults);
create index folded_carts_customer on folded_carts (customer_id);

-- Pairs that a person took apart, both ways round: a shared device does not join them again, only an alias call does.
create table kept_apart (
    customer_id uuid not null,
    other_id uuid not null,
    at timestamptz not null,
    primary key (customer_id, other_id)
);
