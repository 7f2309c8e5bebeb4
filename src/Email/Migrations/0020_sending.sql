-- A send: one content to many people. Pausing or cancelling it is one update of this row, which every hand-over looks at.
create table sends (
    id uuid primary key,
    campaign text not null,
    occurrence text not null,
    purpose text not null check (purpose in ('marketing', 'transactional')),
    -- {"template": …} or {"subject": …, "html": …, "text": …}
    content jsonb not null,
    status text not null check (status in ('sending', 'paused', 'cancelled', 'done')),
    -- Why it stopped by itself; null where a person stopped it.
    reason text,
    per_minute int,
    -- skip or resend; null: as the service is configured.
    ambiguous_policy text check (ambiguous_policy in ('skip', 'resend')),
    recommendations int,
    asked int not null,
    created_at timestamptz not null,
    resumed_at timestamptz,
    ended_at timestamptz
);

create index sends_open on sends (id) where status in ('sending', 'paused');

alter table mails
    add column send_id uuid,
    add column purpose text not null default 'marketing',
    -- Where the mail goes whatever the profile says: a message to an address. Null: the customer's own address.
    add column to_address text,
    add column to_name text,
    add column variables jsonb,
    -- From when its age counts: time that it spent waiting for limits, quiet hours or a paused send is no failure.
    add column due_at timestamptz,
    add column domain text,
    add column route text,
    -- Each time that it was unknown whether the mail had left, counted for ever, also where it was sent again.
    add column ambiguous_count int not null default 0,
    add column ambiguous_at timestamptz,
    -- skipped or resent; null while nobody decided.
    add column resolution text,
    add column bounced_at timestamptz,
    add column complained_at timestamptz;

-- Mails of automations and single messages are claimed before those of sends: a receipt does not wait behind a newsletter.
drop index mails_due;
create index mails_due on mails (next_attempt_at) where status = 'queued' and send_id is null;
create index mails_due_of_send on mails (send_id, next_attempt_at) where status = 'queued' and send_id is not null;
create index mails_of_send on mails (send_id, handed_over_at) where send_id is not null;
create index mails_ambiguous on mails (id desc) where ambiguous_at is not null;
create index mails_unresolved on mails (id) where status = 'ambiguous' and resolution is null;
create index mails_to_address on mails (lower(to_address)) where to_address is not null;
create index mails_bad_of_send on mails (send_id) where bounced_at is not null or complained_at is not null;

-- Each step of a mail writes every whole index again: the many that were sent need none by status.
drop index mails_status;
create index mails_status on mails (status, id desc) where status in ('suppressed', 'failed', 'ambiguous');

-- What a single message says, where it is not a template.
create table message_contents (
    mail_id uuid primary key,
    customer_id uuid not null,
    template text,
    subject text,
    html text,
    text text,
    reply_to text
);

create table message_attachments (
    mail_id uuid not null,
    customer_id uuid not null,
    ordinal int not null,
    name text not null,
    content_type text not null,
    content bytea not null,
    primary key (mail_id, ordinal)
);

-- What a caller asked for under its Idempotency-Key, and what came of it.
create table idempotency_keys (
    operation text not null,
    key text not null,
    request_hash bytea not null,
    resource_id uuid not null,
    at timestamptz not null,
    primary key (operation, key)
);

create index idempotency_keys_at on idempotency_keys (at);

alter table recipients add column time_zone text;
create index recipients_address on recipients (address_hash) where address_hash is not null;

-- The mail server's own words, without the address.
alter table suppressions add column evidence text;

-- How many mails each limit has let through, in buckets of a twelfth of its window: sums over a window never pass the limit.
create table limit_usage (
    scope text not null,
    bucket timestamptz not null,
    used int not null,
    primary key (scope, bucket)
);
