-- People who may sign in. A name is kept in lower case; external is "issuer subject" of who signs in by OpenID Connect.
create table users (
    id uuid primary key,
    name text not null unique,
    role text not null check (role in ('viewer', 'marketer', 'admin')),
    password_hash text,
    external text unique,
    -- Changes with the password and when the account is closed: sessions that carry another one end.
    stamp uuid not null,
    wrong_passwords int not null default 0,
    locked_until timestamptz,
    disabled boolean not null default false,
    -- Counts changes by people, so that two who edit the same user notice each other.
    version int not null default 1,
    tour_dismissed boolean not null default false,
    created_at timestamptz not null,
    signed_in_at timestamptz,
    check (password_hash is not null or external is not null)
);

-- Every change that was made through the console, and every sign-in that was locked.
create table audit_log (
    id uuid primary key,
    at timestamptz not null,
    user_name text not null,
    action text not null,
    target text not null,
    detail text not null
);

create index audit_log_action on audit_log (action, id desc);

-- Keys that protect cookies and forms: shared by all instances, and the same after a restart.
create table protection_keys (
    name text primary key,
    xml text not null
);
