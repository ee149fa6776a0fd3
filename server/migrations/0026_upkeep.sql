-- What was done for the installation's backups, so that one that nobody has ever restored is seen. Of the installation, not of an agency.
create table operations_upkeep (
  id uuid primary key,
  at timestamptz not null,
  what text not null check (what in ('backup-made', 'restore-tried')),
  by text not null,
  detail text not null
);
create index operations_upkeep_last on operations_upkeep (what, at desc);
create trigger operations_upkeep_kept before update or delete on operations_upkeep
  for each row execute function refuse_change();
create trigger operations_upkeep_whole before truncate on operations_upkeep execute function refuse_change();
grant select, insert on operations_upkeep to vidne_installation;
