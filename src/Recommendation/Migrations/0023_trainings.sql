-- How far each training is; found holds the settings by which an interrupted one goes on.
create table trainings (
    id bigint generated always as identity primary key,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz,
    state text not null,
    step text not null,
    window_to timestamptz,
    orders integer not null,
    customers integer not null,
    resumed integer not null default 0,
    found jsonb not null default '[]'
);

-- When it last began to serve: rolling back goes to the one before.
alter table models add column promoted_at timestamptz;
update models set promoted_at = trained_at where serving;
