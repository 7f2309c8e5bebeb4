-- Each merge asks who was folded into its two customers, and so do erasure, unmerge, the profile and the timeline.
create index merges_into on merges (into_id, at);
