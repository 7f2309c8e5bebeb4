-- Whether each person gets it at the hour at which they most likely open.
alter table sends add column best_time boolean not null default false;

create index mail_events_human on mail_events (customer_id, at) where label = 'human';
create index mail_events_human_at on mail_events (at) where label = 'human';
