-- Finding customers by any part of e-mail, name or user id: three-letter pieces in an ordinary GIN index. The extension pg_trgm does the
-- same and not every server lets a plain user install it. Profiles/SearchText.cs makes both columns; here for those who are there already.
alter table customers add column search_text text not null default '', add column search_pieces text[] not null default '{}';

update customers set search_text = btrim(regexp_replace(
    lower(coalesce(email, '') || ' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(user_id, '')), '\s+', ' ', 'g'));

update customers c set search_pieces = array(
    select substr(c.search_text, i, 3) from generate_series(1, length(c.search_text) - 2) as i
    union
    select piece from regexp_split_to_table(c.search_text, '[[:space:][:punct:]]+') as word,
        lateral (values ('  ' || substr(word, 1, 1)), (' ' || substr(word, 1, 2))) as begins (piece) where word <> ''
);

create index customers_search on customers using gin (search_pieces);

-- A customer is seen again far more often than renamed: room for updates that touch no index.
alter table customers set (fillfactor = 80);

-- What others did about a customer: mails, segment changes. What the customer did is in events.
create table timeline_entries (
    id uuid primary key,
    customer_id uuid not null,
    kind text not null,
    name text,
    properties jsonb,
    at timestamptz not null
);

create index timeline_entries_customer on timeline_entries (customer_id, at);

-- Sums that the overview reads. Written as differences, so that no two commits wait for each other; folded by upkeep.
create table day_counts (
    -- A day of the shop's time zone.
    day date not null,
    -- Of the revenue; empty where there is none.
    currency text not null,
    events bigint not null,
    orders bigint not null,
    revenue numeric not null,
    new_customers bigint not null
);

create index day_counts_day on day_counts (day);

create table customer_counts (
    customers bigint not null,
    identified bigint not null
);

insert into day_counts
    select (at at time zone 'UTC')::date, '', count(*), 0, 0, 0 from events group by 1
    union all
    select (at at time zone 'UTC')::date, currency, 0, count(*), sum(total), 0 from orders group by 1, 2
    union all
    select (first_seen_at at time zone 'UTC')::date, '', 0, 0, 0, count(*) from customers group by 1;

insert into customer_counts select count(*), count(*) filter (where user_id is not null or email is not null) from customers;

-- Whoever makes or deletes customers, the counts are right.
create function count_customers() returns trigger language plpgsql as $$
declare
    more bigint := 0;
    more_identified bigint := 0;
    fewer bigint := 0;
    fewer_identified bigint := 0;
begin
    if tg_op <> 'DELETE' then
        select count(*), count(*) filter (where user_id is not null or email is not null) into more, more_identified from fresh;
    end if;
    if tg_op <> 'INSERT' then
        select count(*), count(*) filter (where user_id is not null or email is not null) into fewer, fewer_identified from gone;
    end if;
    if more <> fewer or more_identified <> fewer_identified then
        insert into customer_counts values (more - fewer, more_identified - fewer_identified);
    end if;
    return null;
end $$;

create trigger count_inserted after insert on customers referencing new table as fresh for each statement execute function count_customers();
create trigger count_updated after update on customers referencing old table as gone new table as fresh
    for each statement execute function count_customers();
create trigger count_deleted after delete on customers referencing old table as gone for each statement execute function count_customers();
