create type mail_event_kind as enum ('open', 'click', 'trap');

-- What the pictures and links of mails told: raw first, labelled when it can be.
create table mail_events (
    id uuid primary key,
    mail_id uuid not null,
    customer_id uuid not null,
    template text not null,
    kind mail_event_kind not null,
    url text,
    -- Which of the mail's links it was, and how many it has.
    link int,
    links int,
    user_agent text not null,
    is_head boolean not null,
    at timestamptz not null,
    -- human, privacy-proxy or scanner; null until it is known.
    label text
);

create index mail_events_mail on mail_events (mail_id);
create index mail_events_unlabelled on mail_events (at) where label is null;
create index mail_events_template on mail_events (template, at);
create index mail_events_customer on mail_events (customer_id);
