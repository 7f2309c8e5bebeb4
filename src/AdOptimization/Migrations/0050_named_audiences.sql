-- Audiences that automations name: the newest word for each customer and audience, kept under the id that it came with.
create table audience_words (
    audience     text not null,
    customer_id  uuid not null,
    adds         boolean not null,
    automation   text not null,
    at           timestamptz not null,
    primary key (audience, customer_id)
);
create index audience_words_customer on audience_words (customer_id);
