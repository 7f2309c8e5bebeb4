create table api_keys (
    id uuid primary key,
    name text not null,
    scopes text not null,
    -- SHA-256 of the key. Keys carry 256 random bits, so a slow hash would add nothing.
    hash bytea not null unique,
    -- The first characters, so that people recognise a key in a list.
    hint text not null,
    seeded boolean not null default false,
    created_at timestamptz not null,
    revoked_at timestamptz
);

-- The private key that signs tokens (PKCS #8). One row.
create table signing_keys (
    only_one boolean primary key default true check (only_one),
    private_key bytea not null,
    created_at timestamptz not null default now()
);
