-- Who can be mailed: this service's own copy of what Customers publishes. One row for each id that was ever named;
-- canonical_id is the person, the same for all ids that were merged into one.
create table recipients (
    customer_id uuid primary key,
    canonical_id uuid not null,
    version bigint not null default 0,
    email text,
    -- Keyed hash of the address, to meet suppressions, which hold no address.
    address_hash bytea,
    first_name text,
    last_name text,
    profile_at timestamptz
);

create index recipients_canonical on recipients (canonical_id);

-- Which id is part of which; undone = the merge was taken back. The latest by at wins, whatever order they come in.
create table merges (
    from_id uuid primary key,
    into_id uuid not null,
    undone boolean not null,
    at timestamptz not null
);

create index merges_into on merges (into_id);

-- The person behind an id: the end of the chain of merges.
create function canonical(id uuid) returns uuid language sql stable as $$
    with recursive chain (id, hop) as (
        select $1, 0
        union all
        select merges.into_id, hop + 1 from chain join merges on merges.from_id = chain.id and not merges.undone where hop < 50
    )
    select chain.id from chain order by hop desc limit 1
$$;

create table consents (
    customer_id uuid not null,
    purpose text not null,
    granted boolean not null,
    source text not null,
    at timestamptz not null,
    primary key (customer_id, purpose)
);

-- Addresses that must not be mailed, as keyed hashes: this outlives the erasure of the person.
create table suppressions (
    address_hash bytea primary key,
    reason text not null,
    at timestamptz not null
);

-- Ids of forgotten people, so that an event that comes late does not bring them back.
create table erasures (
    customer_id uuid primary key,
    at timestamptz not null
);

create table signing_keys (
    purpose text primary key,
    secret bytea not null
);

create type mail_status as enum ('queued', 'claimed', 'sent', 'suppressed', 'failed', 'ambiguous');

-- The send ledger: every mail that was decided, whatever became of it.
create table mails (
    id uuid primary key,
    customer_id uuid not null,
    automation text not null,
    -- What the automation acts on once: a cart's id, or nothing where once in a lifetime is enough.
    occurrence text not null,
    payload jsonb,
    status mail_status not null default 'queued',
    reason text,
    address text,
    subject text,
    message_id text not null,
    location text,
    products jsonb not null default '[]',
    trace_parent text,
    attempts int not null default 0,
    next_attempt_at timestamptz not null,
    created_at timestamptz not null,
    claimed_by bigint,
    claimed_at timestamptz,
    -- Set just before the mail leaves our hands: a claim without it was certainly not sent.
    handed_over_at timestamptz,
    sent_at timestamptz,
    unique (automation, customer_id, occurrence)
);

create index mails_due on mails (next_attempt_at) where status = 'queued';
create index mails_claimed on mails (claimed_by) where status = 'claimed';
create index mails_customer on mails (customer_id, id desc);
create index mails_status on mails (status, id desc);

create function notify_mails_queued() returns trigger language plpgsql as $$
begin
    perform pg_notify('mails_queued', '');
    return null;
end $$;

create trigger mails_queued after insert on mails for each statement execute function notify_mails_queued();
