-- Budgets are divided over response curves now: what is believed of a cell is a set of curves, no longer one conversion rate.
alter table allocations rename column lots to draws;
alter table allocation_cells
    drop column alpha,
    drop column beta,
    drop column price_per_click,
    add column marginal_return double precision not null default 0,
    add column curves jsonb not null default '[]';
alter table allocation_cells
    alter column marginal_return drop default,
    alter column curves drop default;
