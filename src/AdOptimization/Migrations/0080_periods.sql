-- Budgets for several days. How one is spread over its days follows from what is spent, so it is not stored.
create table budget_periods (
    id                    uuid primary key,
    name                  text not null,
    currency              text not null,
    first_day             date not null,
    last_day              date not null,
    total                 numeric not null,
    maximum_daily_change  double precision not null,
    created_at            timestamptz not null,
    changed_at            timestamptz not null,
    ended_at              timestamptz
);
create index budget_periods_by_day on budget_periods (currency, last_day);
