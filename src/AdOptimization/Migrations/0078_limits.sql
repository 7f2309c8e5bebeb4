-- What the caller demanded of a budget: amounts of cells, and how cautious it was to be.
alter table allocations
    add column limits jsonb not null default '[]',
    add column caution int not null default 0;
alter table allocations
    alter column limits drop default,
    alter column caution drop default;
