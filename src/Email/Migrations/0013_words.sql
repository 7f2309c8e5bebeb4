-- The brand's own words, beside those that come with the platform.
create table word_elements (
    id text primary key,
    kind text not null,
    angle text,
    locale text not null,
    text text not null,
    -- proposed by the drafter, until a person approves or rejects it.
    status text not null check (status in ('proposed', 'approved', 'rejected')),
    source text not null,
    created_at timestamptz not null,
    decided_at timestamptz
);

-- What moves the members of a segment.
create table word_motives (
    segment text primary key,
    angle text not null
);
