-- When the same was last said again: a contradiction from before that is history.
alter table consents add column repeated_at timestamptz;
