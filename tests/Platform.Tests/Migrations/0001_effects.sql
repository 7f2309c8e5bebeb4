-- What the probe's consumers did, so that tests can count it.
create table effects (
    id bigint generated always as identity primary key,
    consumer text not null,
    note text not null,
    host text not null
);

-- Tests wait for a change of these tables instead of sleeping.
create function tell() returns trigger language plpgsql as $$
begin
    perform pg_notify('changed', '');
    return null;
end
$$;

create trigger tell after insert on effects for each statement execute function tell();

create trigger tell after insert or update or delete on platform.outbox for each statement execute function tell();

create trigger tell after insert or update or delete on platform.failed_messages for each statement execute function tell();
