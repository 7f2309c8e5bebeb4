-- What makes products alike, what they bring, and how many there are.
alter table products
    add column categories text[] not null default '{}',
    add column description text,
    add column brand text,
    add column sale_price numeric,
    add column cost numeric,
    add column stock integer,
    add column images text[] not null default '{}',
    add column attributes jsonb not null default '{}',
    add column gtin text,
    -- When it last came back into stock; null for one that was never out of it.
    add column restocked_at timestamptz,
    add column added_at timestamptz not null default now(),
    -- The transaction that wrote the row last: each instance reads what changed since the oldest transaction that was under way when it
    -- read before, and so misses nothing, however long a transaction takes.
    add column changed_xid xid8 not null default pg_current_xact_id();
update products set added_at = changed_at, categories = case when category is null then '{}' else array[category] end;
create index products_changed on products (changed_xid);

create function note_product_change() returns trigger language plpgsql as $$
begin
    new.changed_xid := pg_current_xact_id();
    if tg_op = 'UPDATE' and new.in_stock and not old.in_stock then
        new.restocked_at := greatest(new.changed_at, old.changed_at);
    end if;
    return new;
end $$;
create trigger products_change before insert or update on products for each row execute function note_product_change();
