-- How far the object store had come when it was last seen (its own moving mark, epoch milliseconds when it was written): an older
-- one is recognised by it. Null until it was first seen.
alter table keep_ground add column objects_mark bigint;

-- Recordings of which stored bytes are gone for good: an operator has said that the store that had them cannot come back.
create table keep_lost (
  recording uuid primary key references keep_deadline (recording),
  agency uuid not null,
  at timestamptz not null,
  parts integer not null check (parts > 0)
);
create trigger keep_lost_kept before update or delete on keep_lost for each row execute function refuse_change();
create trigger keep_lost_whole before truncate on keep_lost execute function refuse_change();

alter table keep_lost enable row level security;
alter table keep_lost force row level security;
create policy own_agency on keep_lost to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on keep_lost to vidne_installation using (true);
grant select, insert on keep_lost to vidne_app, vidne_installation;

create view keep_v_lost with (security_invoker = true) as
  select recording, agency, at, parts from keep_lost;
grant select on keep_v_lost to vidne_app, vidne_installation;
