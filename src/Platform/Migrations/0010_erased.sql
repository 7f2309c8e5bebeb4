-- Ids of people who were erased, as hashes: what comes late must not bring them back, and the id itself must be gone. An id is random
-- enough (UUID v7: 74 bits) that nobody finds it by trying.
create table platform.erased (
    id_hash bytea primary key,
    at timestamptz not null
);

create function platform.is_erased(id uuid) returns boolean language sql stable as
    $$ select exists (select from platform.erased where id_hash = sha256(uuid_send(id))) $$;
