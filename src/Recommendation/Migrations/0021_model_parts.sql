-- Models of any kind are kept as packed bytes. Those of before cannot be read any more: they go, and a training is asked for.
drop table model_neighbours;
insert into training_signals (requested, orders, at) select true, 0, now() where exists (select from models);
delete from models;

create table model_parts (
    model_id bigint not null references models on delete cascade,
    part integer not null,
    bytes bytea not null,
    primary key (model_id, part)
);
-- Packed already.
alter table model_parts alter column bytes set storage external;
