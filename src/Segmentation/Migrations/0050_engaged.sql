-- "engaged" no longer counts what merely reached a customer: every rule is answered anew, once.
update segments set applied_version = 0 where rule is not null;
