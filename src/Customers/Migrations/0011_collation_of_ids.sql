-- Ids have no language: comparing their bytes is several times faster than comparing by the rules of one.
alter table received_messages alter column message_id type text collate "C";
alter table identifiers alter column kind type text collate "C", alter column value type text collate "C";
