-- What weeks of spend and of the shop's sales say of each channel: one fit for each newest week, in one currency.
create table response_models (
    currency    text not null,
    last_week   date not null,
    first_week  date not null,
    weeks       int not null,
    recent      int not null,
    r_squared   double precision not null,
    mixing      double precision not null,
    channels    jsonb not null,
    notes       text[] not null,
    fitted_at   timestamptz not null,
    primary key (currency, last_week)
);
