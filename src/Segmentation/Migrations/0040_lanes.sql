-- Customers whose rules are looked at when there is time: after a computation over everybody, an import, a change of the catalogue.
-- What has just happened goes first.
alter table dirty add bulk boolean not null default false;
create index dirty_fresh on dirty (id) where not bulk;
create index dirty_bulk on dirty (id) where bulk;
