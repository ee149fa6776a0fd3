-- All salts of what the log commits to are 32 random bytes. Rows of before have 16, and their hours stay as they were committed to.
alter table people_audit drop constraint people_audit_salt_check;
alter table people_audit add constraint people_audit_salt_check check (octet_length(salt) in (16, 32));
