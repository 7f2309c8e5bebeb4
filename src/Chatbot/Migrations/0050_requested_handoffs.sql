-- Automations ask that a person take over with a customer, at the next occasion in the chat.
create table requested_handoffs (
    id uuid primary key,
    customer_id uuid not null,
    reason text not null,
    automation text not null,
    at timestamptz not null,
    used_at timestamptz
);
create index requested_handoffs_customer on requested_handoffs (customer_id) where used_at is null;
