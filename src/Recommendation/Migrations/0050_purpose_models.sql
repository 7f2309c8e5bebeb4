-- A model for one purpose beside the serving one: the next basket of a customer, the next look of a visit. The newest that was not worse
-- than its yardstick answers; content is packed as a model's parts are, and null until there is such a one.
create table purpose_models (
    purpose text primary key,
    version bigint not null,
    trained_at timestamptz not null,
    learnt_from bigint not null,
    units integer not null,
    parts jsonb not null,
    metrics jsonb not null,
    content_version bigint,
    content bytea
);
