-- Audit rows end: what a row said goes, and the hash that its hour's leaf was computed over stays, so that the others can be proven.
-- A hash is over 32 random bytes besides, which go with the row.
create table people_audit_gone (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  covered_by uuid not null,
  leaf bytea not null check (octet_length(leaf) = 32)
);
create index people_audit_gone_of on people_audit_gone (covered_by);
create trigger people_audit_gone_kept before update or delete on people_audit_gone
  for each row execute function refuse_change();
create trigger people_audit_gone_whole before truncate on people_audit_gone execute function refuse_change();
alter table people_audit_gone enable row level security;
alter table people_audit_gone force row level security;
create policy own_agency on people_audit_gone to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on people_audit_gone to vidne_installation using (true);
grant select on people_audit_gone to vidne_app, vidne_installation;
grant insert on people_audit_gone to vidne_installation;

-- Never before an event covers the row, before its hash is kept, or while the recording that it is about has a history.
create function people_audit_at_its_end() returns trigger language plpgsql as $$
begin
  if old.covered_by is not null
    and exists (select from people_audit_gone g where g.id = old.id and g.covered_by = old.covered_by)
    and not exists (
      select from history_chain c where c.subject = old.subject and c.kind = 'recording'
        and not exists (select from history_event e where e.subject = c.subject and e.type = 'tombstone-erased'))
  then
    return old;
  end if;
  raise exception 'an audit row stays until its end' using errcode = 'VD001';
end $$;
drop trigger people_audit_kept on people_audit;
create trigger people_audit_kept before delete on people_audit for each row execute function people_audit_at_its_end();
grant delete on people_audit to vidne_installation;

create index people_audit_about on people_audit (subject) where subject is not null;
create index people_audit_oldest on people_audit (agency, at);
create index history_event_ended on history_event (subject) where type = 'tombstone-erased';
