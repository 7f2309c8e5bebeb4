-- A product the shop took out of its catalogue: never shown, listed or fed out. Its row stays, so that who bought it still has a history,
-- and so that every instance reads of it as of any other change.
alter table products add column removed boolean not null default false;
