-- Campaigns: one mail, in one or several variants, to an audience, once.
create table campaigns (
    id uuid primary key,
    name text not null unique,
    version int not null,
    status text not null check (status in ('draft', 'approved', 'scheduled', 'sending', 'paused', 'cancelled', 'done')),
    definition jsonb not null,
    -- Who would get it, as it was counted for this version; null: not counted since the last change.
    preflight jsonb,
    approved_by text,
    approved_at timestamptz,
    -- test: only some have it yet; rolled: everybody.
    stage text check (stage in ('test', 'rolled')),
    -- What keeps it from going on at this moment.
    reason text,
    winner text,
    -- People in the test, fixed when it began: what its confidence sequences are tuned to.
    planned int not null default 0,
    batch int not null default 0,
    next_at timestamptz,
    launched_at timestamptz,
    decided_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create index campaigns_due on campaigns (next_at) where next_at is not null;

-- Everybody in the audience when it was launched: who gets it in which variant, who does not and why.
create table campaign_members (
    campaign_id uuid not null,
    customer_id uuid not null,
    -- Null: gets the mail. Else why not: held-out, no-consent, excluded …
    reason text,
    -- Null while somebody waits for the result of the test.
    arm text,
    stage text not null check (stage in ('test', 'roll')),
    batch int not null default 0,
    segment text not null default '',
    propensity double precision,
    -- Revenue of the time before: what CUPED takes out.
    earlier double precision not null default 0,
    starts_at timestamptz,
    primary key (campaign_id, customer_id)
);

create index campaign_members_customer on campaign_members (customer_id);

create table campaign_sends (
    send_id uuid primary key,
    campaign_id uuid not null,
    arm text not null,
    stage text not null
);

create index campaign_sends_campaign on campaign_sends (campaign_id);

-- What each order came to: the revenue that mails are measured by.
create table order_totals (
    order_id text primary key,
    customer_id uuid not null,
    total numeric not null,
    currency text not null,
    at timestamptz not null
);

create index order_totals_customer on order_totals (customer_id, at);
create index order_totals_at on order_totals (at);

-- By the link of which mail somebody left: what guards a test of mails.
alter table mails add column unsubscribed_at timestamptz;
