-- How large each segment was at the last evaluation of a day (UTC). No customer is named.
create table segment_sizes (
    segment_id  uuid not null references segments (id) on delete cascade,
    day         date not null,
    size        bigint not null,
    primary key (segment_id, day)
);
