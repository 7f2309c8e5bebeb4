-- What is known of each prediction: the model that last wrote it, and what it was made of. No customer is named.
create table predictions (
    name           text primary key,
    model_version  text not null,
    features       text[],
    updated_at     timestamptz not null
);

-- Segments that are meant for advertising, where protected attributes are barred.
alter table segments add for_ads boolean not null default false;

create table segmentation_settings (
    only_row         boolean primary key default true check (only_row),
    barred_from_ads  text[] not null
);
insert into segmentation_settings (barred_from_ads) values ('{age,gender}');
