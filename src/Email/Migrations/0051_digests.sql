-- The weekly letters to the shop's owner: one a week, whatever restarts in between.
create table digests (
    week date primary key,
    mail_id uuid not null,
    made_at timestamptz not null
);
