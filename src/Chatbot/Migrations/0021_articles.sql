-- What the shop tells its visitors: articles and pairs of question and answer. Nothing of a person.
create table articles (
    article_id text primary key,
    title text not null,
    -- Markdown.
    body text not null,
    url text,
    -- ISO 639-1.
    language text not null,
    -- Questions that the article answers, as people ask them.
    questions text[] not null,
    -- The intent whose messages the article belongs to; null for none.
    intent text,
    -- Where it came from: api, csv, markdown, or the address of a sitemap.
    source text not null,
    updated_at timestamptz not null
);

-- One row that every change of the articles counts up: instances look at it to know that their index is old.
create table articles_version (version bigint not null);
insert into articles_version values (1);
create function count_articles_version() returns trigger language plpgsql as $$
begin
    update articles_version set version = version + 1;
    return null;
end $$;
create trigger articles_changed after insert or update or delete on articles
    for each statement execute function count_articles_version();
