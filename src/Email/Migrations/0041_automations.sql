-- Automations: each version as its author wrote it, and which one lets people in.
create table automations (
    name text primary key,
    version int not null,
    status text not null check (status in ('on', 'off')),
    updated_at timestamptz not null
);

create table automation_versions (
    name text not null,
    version int not null,
    content text not null,
    -- built-in: comes with the platform; shop: somebody saved it.
    source text not null check (source in ('built-in', 'shop')),
    at timestamptz not null,
    primary key (name, version)
);

-- One customer's way through an automation. A million of them wait at any time: the two partial indexes hold only those under way.
create table journeys (
    id uuid primary key,
    automation text not null,
    version int not null,
    customer_id uuid not null,
    key text not null,
    generation int not null,
    entered_at timestamptz not null,
    triggered_at timestamptz not null,
    data jsonb not null,
    trace_parent text,
    node text,
    node_at timestamptz,
    wake_at timestamptz,
    outcome text,
    visits jsonb,
    arms jsonb,
    unique (customer_id, automation, key, generation)
);

create index journeys_due on journeys (wake_at) where outcome is null;
create index journeys_at on journeys (automation, version, node) where outcome is null;
create index journeys_entered on journeys (automation, entered_at);

-- The story of a journey: each gate with what was seen.
create table journey_steps (
    journey_id uuid not null,
    customer_id uuid not null,
    ordinal bigint generated always as identity,
    node text not null,
    kind text not null,
    result text not null,
    detail text,
    at timestamptz not null,
    primary key (journey_id, ordinal)
);

create index journey_steps_customer on journey_steps (customer_id);

create table journey_counts (
    automation text not null,
    version int not null,
    node text not null,
    kind text not null,
    result text not null,
    count bigint not null,
    primary key (automation, version, node, kind, result)
);

-- Who was not let in, and why: the last word for each key.
create table journey_refusals (
    customer_id uuid not null,
    automation text not null,
    key text not null,
    gate text not null,
    observed text not null,
    at timestamptz not null,
    primary key (customer_id, automation, key)
);

-- The goal, reached by those who went through and by those held out alike.
create table journey_goals (
    journey_id uuid not null,
    customer_id uuid not null,
    event_id uuid not null,
    at timestamptz not null,
    value numeric,
    currency text,
    primary key (journey_id, event_id)
);

create index journey_goals_customer on journey_goals (customer_id);

-- What conditions count.
create table person_events (
    customer_id uuid not null,
    name text not null,
    event_id uuid not null,
    at timestamptz not null,
    primary key (customer_id, name, event_id)
);

create index person_events_at on person_events (at);

-- Calls of web hooks that steps asked for: made until they succeed or are given up.
create table automation_calls (
    id uuid primary key,
    customer_id uuid not null,
    journey_id uuid not null,
    node text not null,
    url text not null,
    body jsonb not null,
    status text not null default 'queued' check (status in ('queued', 'done', 'failed')),
    attempts int not null default 0,
    reason text,
    next_attempt_at timestamptz not null,
    created_at timestamptz not null,
    ended_at timestamptz
);

create index automation_calls_due on automation_calls (next_attempt_at) where status = 'queued';
create index automation_calls_customer on automation_calls (customer_id);

-- Who looked at what last, for news of prices and stock.
create table product_interests (
    customer_id uuid not null,
    product_id text not null,
    at timestamptz not null,
    primary key (customer_id, product_id)
);

create index product_interests_product on product_interests (product_id, at);

create table product_states (
    product_id text primary key,
    version bigint not null,
    price numeric,
    in_stock boolean not null
);

-- Who bought what when, for the rhythm at which a product is bought again. An order is listed once, however often it is told.
create table purchases (
    order_id text not null,
    product_id text not null,
    customer_id uuid not null,
    at timestamptz not null,
    primary key (order_id, product_id)
);

create index purchases_customer on purchases (customer_id);
create index purchases_product on purchases (product_id, at);

-- Traits that conditions ask for: those of the profile, and those that automations gave.
alter table recipients
    add column traits jsonb not null default '{}',
    add column given_traits jsonb not null default '{}';

-- A mail of an automation names its template (null: the automation's name is that too) and the step that wanted it.
alter table mails
    add column template text,
    add column journey_id uuid,
    add column node text;

create index mails_journey on mails (journey_id) where journey_id is not null;

-- Who had the mail of the automations before this is not greeted or reminded again.
insert into journeys (id, automation, version, customer_id, key, generation, entered_at, triggered_at, data, outcome)
select id, automation, 1, customer_id, occurrence, 1, created_at, created_at, '{}', 'finished'
from mails where automation in ('welcome', 'abandoned-cart') and send_id is null
on conflict do nothing;
update mails set journey_id = id, node = case automation when 'welcome' then 'welcome' else 'reminder' end,
    occurrence = case automation when 'welcome' then 'welcome' else occurrence || '/reminder' end
where automation in ('welcome', 'abandoned-cart') and send_id is null;
