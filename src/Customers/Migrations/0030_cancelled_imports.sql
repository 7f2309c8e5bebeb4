alter table imports add column cancel_requested boolean not null default false;
alter table imports drop constraint imports_status_check;
alter table imports add constraint imports_status_check check (status in ('running', 'done', 'failed', 'cancelled'));
