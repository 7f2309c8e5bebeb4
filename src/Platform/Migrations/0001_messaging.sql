create schema platform;

-- Events that left with a committed change and wait for the broker.
create table platform.outbox (
    id bigint generated always as identity primary key,
    message_id uuid not null,
    type text not null,
    body text not null,
    trace_parent text,
    created_at timestamptz not null default now(),
    -- Set only with a transport that forgets on a crash: handed over, not acknowledged by every consumer yet.
    published_at timestamptz,
    -- Set where the event cannot be published at all (its type is gone); kept for a person to look at.
    error text
);

create index outbox_waiting on platform.outbox (id) where published_at is null and error is null;

-- What each consumer has already seen.
create table platform.inbox (
    consumer text not null,
    message_id uuid not null,
    received_at timestamptz not null default now(),
    primary key (consumer, message_id)
);

create index inbox_age on platform.inbox (received_at);

-- Messages whose handling failed: tried again at next_attempt_at, parked for a person where that is null.
create table platform.failed_messages (
    id uuid primary key,
    consumer text not null,
    message_id uuid not null,
    type text not null,
    body text not null,
    trace_parent text,
    sent_at timestamptz not null,
    reason text not null,
    attempts int not null,
    next_attempt_at timestamptz,
    failed_at timestamptz not null,
    unique (consumer, message_id)
);

create index failed_messages_due on platform.failed_messages (next_attempt_at) where next_attempt_at is not null;
