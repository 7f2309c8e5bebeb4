-- In which segments the customer was when the ways of an experiment parted: {"experiment": ["segment", …]}. Later ones may be the arm's doing.
alter table journeys add column arm_segments jsonb;
