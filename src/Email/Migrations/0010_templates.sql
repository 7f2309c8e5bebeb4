-- The shop's own templates: beside the starter templates, or in place of one with the same name.
create table templates (
    name text primary key,
    version int not null,
    content jsonb not null,
    updated_at timestamptz not null
);

-- Every version that ever was, also of templates that are gone.
create table template_versions (
    name text not null,
    version int not null,
    -- Null where the template was deleted.
    content jsonb,
    at timestamptz not null,
    primary key (name, version)
);

alter table recipients add column language text;

-- Who is in which segment, as Segmentation says; the latest word by at wins, whatever order they come in.
create table segment_members (
    customer_id uuid not null,
    segment text not null,
    is_member boolean not null,
    at timestamptz not null,
    primary key (customer_id, segment)
);
