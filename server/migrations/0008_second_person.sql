-- What a second person is shown and asked: the words of a question, the same question asked twice, and taking in again what
-- was deleted here.

alter table people_approval drop constraint people_approval_kind_check;
alter table people_approval add constraint people_approval_kind_check
  check (kind in ('hold-release', 'export', 'early-deletion', 'brake', 'clock', 'take-in-again'));

-- told: the words that the second person reads; emptied when the question is closed, since they stand in the history.
-- wish: digest of what exactly is asked for, where kind and subject do not say it all.
alter table people_approval add column told jsonb not null default '{}';
alter table people_approval add column wish bytea check (octet_length(wish) = 32);

-- Asking twice for the same finds the first question. Exports differ by purpose and recipient, and so by their wish; one that was
-- asked for before wishes were written down is like no other.
drop index people_approval_once;
create unique index people_approval_once on people_approval (agency, kind, coalesce(subject, agency), coalesce(wish, ''))
  where state = 'waiting' and (kind <> 'export' or wish is not null);

grant update (told) on people_approval to vidne_app, vidne_installation;

-- Who let in again what had been deleted here; the upload then goes on as any other, also after a crash.
alter table dock_upload add column admitted jsonb;
