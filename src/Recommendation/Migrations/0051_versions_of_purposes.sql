-- Models for the next basket and for visits get versions as the model of taste has them: one table, one of each purpose serves.
alter table models
    add column purpose text not null default 'taste',
    add column visits integer not null default 0,
    -- Orders or looks there were: when it is time to learn again.
    add column learnt_from bigint not null default 0,
    -- Ids that were erased before it learnt. Where more are now, it may hold what an erased person did.
    add column erasures bigint not null default 0;
alter table models alter column purpose drop default;
drop index models_serving;
create unique index models_serving on models (purpose) where serving;
create index models_purpose on models (purpose, id desc);

-- What answers goes on under its name; new names must come after it.
select setval(
    pg_get_serial_sequence('models', 'id'),
    greatest(nextval(pg_get_serial_sequence('models', 'id')), (select max(content_version) from purpose_models)))
where exists (select from purpose_models);

with carried as (
    insert into models (
        version, trained_at, window_from, window_to, orders, customers, products, parameters, metrics, verdict, serving, promoted_at,
        purpose, visits, learnt_from)
    select purpose || '-' || content_version, trained_at, trained_at, trained_at, 0,
        case purpose when 'next-basket' then units else 0 end, 0,
        case when version = content_version then jsonb_build_object('parts', parts) else '{}' end,
        case when version = content_version then metrics else '{}' end,
        'served before versions were kept', true, trained_at,
        purpose, case purpose when 'session' then units else 0 end, learnt_from
    from purpose_models
    where content is not null and content_version is not null
    returning id, purpose
)
insert into model_parts (model_id, part, bytes)
select carried.id, 0, p.content from carried join purpose_models p using (purpose);
drop table purpose_models;
