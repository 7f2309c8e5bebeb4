-- Key of the hashes below, so that a copy of the tables does not tell whether a given address or id was among them.
create table privacy_key (
    only_row boolean primary key default true check (only_row),
    secret bytea not null
);

-- What people asked for. An erasure names nobody once it is complete: whoever knows an id of the person can find it by its hash.
create table privacy_requests (
    id uuid primary key,
    kind text not null check (kind in ('erasure', 'export')),
    person_hashes bytea[] not null,
    -- Until the request is complete; what came in between is looked for once more.
    pending_ids uuid[],
    -- Who must answer.
    services text[] not null,
    requested_at timestamptz not null,
    completed_at timestamptz,
    -- The person of an export was erased meanwhile, or the export lay there long enough.
    withdrawn boolean not null default false,
    late_events bigint not null default 0
);

create index privacy_requests_person on privacy_requests using gin (person_hashes);

create table privacy_receipts (
    request_id uuid not null references privacy_requests (id) on delete cascade,
    service text not null,
    tables jsonb not null,
    at timestamptz not null,
    primary key (request_id, service)
);

create table exported_parts (
    request_id uuid not null references privacy_requests (id) on delete cascade,
    service text not null,
    part int not null,
    parts int not null,
    customer_id uuid not null,
    content jsonb not null,
    at timestamptz not null,
    primary key (request_id, service, part)
);

-- What the shop called people who were erased, as keyed hashes: what happened before the erasure and comes late is dropped.
create table erased_identifiers (
    hash bytea primary key,
    request_id uuid not null,
    at timestamptz not null
);

create index erased_identifiers_at on erased_identifiers (at);
