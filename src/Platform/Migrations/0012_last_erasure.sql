-- Each set of messages asks when somebody was last erased.
create index erased_at on platform.erased (at);
