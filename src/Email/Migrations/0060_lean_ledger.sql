-- Each step of a mail writes a new version of its row, and of every index unless no indexed column changes and the page has room. So a hand-over
-- changes no indexed column, pages keep room, and one unique index serves the questions by customer too.
alter table mails set (fillfactor = 60);

drop index mails_of_send;
create index mails_of_send on mails (send_id, claimed_at) where send_id is not null;

alter table mails drop constraint mails_automation_customer_id_occurrence_key;
alter table mails add constraint mails_once unique (customer_id, automation, occurrence);
drop index mails_customer;
