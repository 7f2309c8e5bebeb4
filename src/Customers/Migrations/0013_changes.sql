-- What other systems follow to keep their copies current. Only who changed and how: the content is read where it lives.
create table changes (
    seq bigint generated always as identity primary key,
    -- Readers see whole transactions in one order: a row of a transaction that is still open comes later than all that is visible now.
    transaction xid8 not null default pg_current_xact_id(),
    kind text not null,
    customer_id uuid,
    -- Of an erased customer: the id itself is gone; who has it finds it by its SHA-256.
    customer_hash bytea,
    key text,
    at timestamptz not null default now()
);

create index changes_order on changes (transaction, seq);
create index changes_customer on changes (customer_id);
create index changes_age on changes (at);

-- Whatever the service publishes about a customer is a change: nobody can forget to note it.
create function note_changes() returns trigger language plpgsql as $$
begin
    insert into changes (kind, customer_id, customer_hash, key)
    select kind,
           case when kind <> 'erased' then (body::jsonb ->> who)::uuid end,
           case when kind = 'erased' then sha256(uuid_send((body::jsonb ->> who)::uuid)) end,
           body::jsonb ->> what
    from published
    join (values
        ('CustomerProfileChanged', 'profile', 'customerId', null),
        ('ConsentChanged', 'consent', 'customerId', 'purpose'),
        ('CustomersMerged', 'merged', 'from', 'into'),
        ('CustomersUnmerged', 'unmerged', 'from', 'into'),
        ('CustomerErased', 'erased', 'customerId', null),
        ('OrderPlaced', 'order', 'customerId', 'orderId'),
        ('OrderRefunded', 'refund', 'customerId', 'refundId'),
        ('CartAbandoned', 'cart-abandoned', 'customerId', 'cartId')
    ) as noted (event, kind, who, what) on published.type like 'MarketingPlatform.Contracts.Customers.' || event || ',%'
    order by published.id;
    return null;
end $$;

create trigger note_changes after insert on platform.outbox referencing new table as published
    for each statement execute function note_changes();
