-- A row lives for moments: to compress its body costs more than to write it.
alter table platform.outbox alter column body set storage external;
