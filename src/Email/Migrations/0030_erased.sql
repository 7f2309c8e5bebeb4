-- Who was erased is now kept by the platform's own table, as hashes: the ids themselves are gone.
insert into platform.erased (id_hash, at) select sha256(uuid_send(customer_id)), at from erasures on conflict do nothing;
create function is_erased(id uuid) returns boolean language sql stable as $$ select platform.is_erased($1) $$;
drop table erasures;
