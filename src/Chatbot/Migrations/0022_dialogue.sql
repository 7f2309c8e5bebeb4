-- What a conversation remembers between two messages takes the place of the one word that was kept.
alter table conversations add column dialogue jsonb not null default '{}';
alter table conversations drop column awaiting;

-- Conversations of the widget: the visitor shows a secret of which only the hash is kept.
alter table conversations add column visit_hash bytea;
create unique index conversations_visit on conversations (visit_hash) where visit_hash is not null;
alter table conversations add column consented_at timestamptz;
-- Until when the visitor counts as the customer of this conversation without anybody vouching again.
alter table conversations add column known_until timestamptz;
alter table conversations add column rating integer check (rating between 1 and 5);
alter table conversations add column rating_comment text;
alter table conversations add column rated_at timestamptz;
create index conversations_started on conversations (started_at);

-- People may speak as well, and an answer may rest on articles and offer choices.
alter table messages drop constraint messages_who_check;
alter table messages add constraint messages_who_check check (who in ('visitor', 'bot', 'agent'));
alter table messages add column agent text;
-- What the classifier thought of a visitor's message, the likeliest first.
alter table messages add column ranking jsonb;
alter table messages add column extras jsonb;

-- A conversation in the hands of people: waiting until one takes it, held until handed back.
create table handoffs (
    id uuid primary key,
    conversation_id uuid not null references conversations on delete cascade,
    reason text not null,
    intent text not null,
    slots jsonb not null,
    first_text text,
    ranking jsonb not null,
    agent text,
    opened_at timestamptz not null,
    taken_at timestamptz,
    ended_at timestamptz,
    -- agent (handed back) or visitor (went back to the bot).
    ended_by text
);
create unique index handoffs_open on handoffs (conversation_id) where ended_at is null;
create index handoffs_inbox on handoffs (opened_at) where ended_at is null;
create index handoffs_conversation on handoffs (conversation_id, opened_at);

-- Who is to be told of a hand-over; a row goes when it was told, or too many tries failed.
create table handoff_notices (
    id uuid primary key,
    handoff_id uuid not null references handoffs on delete cascade,
    kind text not null check (kind in ('mail', 'webhook')),
    target text not null,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null,
    failure text
);
create index handoff_notices_due on handoff_notices (next_attempt_at);

-- Codes that prove an address. Of code and address only keyed hashes are kept; who the address belongs to is looked up afterwards.
create table sign_in_codes (
    id uuid primary key,
    conversation_id uuid not null references conversations on delete cascade,
    address_hash bytea not null,
    code_hash bytea not null,
    customer_id uuid,
    attempts integer not null default 0,
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index sign_in_codes_conversation on sign_in_codes (conversation_id, sent_at desc);
create index sign_in_codes_address on sign_in_codes (address_hash, sent_at);
create index sign_in_codes_customer on sign_in_codes (customer_id) where customer_id is not null;

-- This deployment's secrets: visitor tokens, web hooks, hashes.
create table signing_keys (
    purpose text primary key,
    secret bytea not null
);

-- The shop's own dialogue, as it was written; the newest serves, none at all means the one that comes with the service.
create table dialogues (
    version bigint generated always as identity primary key,
    yaml text not null,
    saved_at timestamptz not null
);
