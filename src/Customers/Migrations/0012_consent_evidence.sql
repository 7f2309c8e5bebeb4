-- What proves a statement, as far as its source told.
alter table consents
    add column text_version text,
    add column ip text,
    add column token text;

-- Asked, and not confirmed yet. The token itself is only in the mail.
create table consent_confirmations (
    token_hash bytea primary key,
    customer_id uuid not null,
    purpose text not null,
    source text not null,
    text_version text,
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    confirmed_at timestamptz
);

create index consent_confirmations_customer on consent_confirmations (customer_id, purpose);

-- Who said no, as keyed hashes of purpose and address: outlives the person's data, so that a list which is imported again cannot undo it.
create table suppressions (
    hash bytea primary key,
    at timestamptz not null
);
