-- A row may know what a day cost and nothing of impressions, clicks and conversions: that is not the same as none.
alter table performance
    alter impressions drop not null,
    alter clicks drop not null,
    alter conversions drop not null,
    add check (num_nulls(impressions, clicks, conversions) in (0, 3));
