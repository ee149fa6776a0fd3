-- The ground that every stage stands on: the two roles, the rule of append-only tables, and the history.
-- Roles belong to the whole cluster: another database may have made them before, or be making them now.
do $$
begin
  create role vidne_app nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  create role vidne_installation nologin;
exception when duplicate_object or unique_violation then null;
end $$;
-- A superuser may take on any role; another owner must be let into these two.
do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant vidne_app, vidne_installation to %I', current_user);
  end if;
end $$;

grant usage on schema public to vidne_app, vidne_installation;
grant select on platform_migration to vidne_app, vidne_installation;

-- The jobs of the installation; the queue makes its tables there itself, under this role.
create schema jobs authorization vidne_installation;

-- For the trigger of every append-only table: before update or delete for each row, and before truncate.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = 'VD001';
end $$;

-- One chain of events a subject: a recording, an agency, or the installation itself.
create table history_chain (
  subject uuid primary key,
  agency uuid not null,
  kind text not null check (kind in ('recording', 'agency', 'installation')),
  capture_id bytea not null check (octet_length(capture_id) = 32),
  created_at timestamptz not null
);

-- The end of each chain, locked while an event is added. prev: commitment of the last event; next: label of the next.
create table history_head (
  subject uuid primary key references history_chain (subject),
  agency uuid not null,
  seq bigint not null check (seq >= 0),
  prev bytea not null check (octet_length(prev) = 32),
  next bytea not null check (octet_length(next) = 32)
);

-- opening: core, salt and fields, encrypted under the subject's history key; null once a tombstone was erased.
create table history_event (
  id uuid primary key,
  agency uuid not null,
  subject uuid not null references history_chain (subject),
  seq bigint not null check (seq >= 0),
  label bytea not null unique check (octet_length(label) = 32),
  commitment bytea not null check (octet_length(commitment) = 32),
  type text not null,
  at timestamptz not null,
  opening bytea,
  unique (subject, seq)
);

-- Leaves that wait for their number. They carry nothing personal and belong to the log, not to an agency.
create table history_pending (
  ord bigint generated always as identity primary key,
  leaf bytea not null,
  label bytea
);

-- The only change an event may ever see: its opening is forgotten after its chain says that it was erased.
create function history_only_forget() returns trigger language plpgsql as $$
begin
  if old.opening is not null and new.opening is null
    and (new.id, new.agency, new.subject, new.seq, new.label, new.commitment, new.type, new.at)
      is not distinct from (old.id, old.agency, old.subject, old.seq, old.label, old.commitment, old.type, old.at)
    and exists (select from history_event e where e.subject = old.subject and e.type = 'tombstone-erased')
  then
    return new;
  end if;
  raise exception 'history_event is append-only: update is refused' using errcode = 'VD001';
end $$;

create trigger history_chain_append_only before update or delete on history_chain
  for each row execute function refuse_change();
create trigger history_chain_no_truncate before truncate on history_chain execute function refuse_change();
create trigger history_event_only_forget before update on history_event
  for each row execute function history_only_forget();
create trigger history_event_append_only before delete on history_event
  for each row execute function refuse_change();
create trigger history_event_no_truncate before truncate on history_event execute function refuse_change();
create trigger history_head_no_delete before delete on history_head
  for each row execute function refuse_change();
create trigger history_head_no_truncate before truncate on history_head execute function refuse_change();

alter table history_chain enable row level security;
alter table history_chain force row level security;
alter table history_head enable row level security;
alter table history_head force row level security;
alter table history_event enable row level security;
alter table history_event force row level security;

create policy own_agency on history_chain to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on history_chain to vidne_installation using (true);
create policy own_agency on history_head to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on history_head to vidne_installation using (true);
create policy own_agency on history_event to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on history_event to vidne_installation using (true);

grant select, insert on history_chain, history_event to vidne_app, vidne_installation;
grant update (opening) on history_event to vidne_app, vidne_installation;
grant select, insert on history_head to vidne_app, vidne_installation;
grant update (seq, prev, next) on history_head to vidne_app, vidne_installation;
grant insert on history_pending to vidne_app;
grant select, insert, delete on history_pending to vidne_installation;
