-- Where footage that somebody brings in came from, by their word; null: nobody said. It goes with the upload's row, and stays sealed in
-- the history alone.
alter table dock_upload add column provenance jsonb;

-- For the board of the charging room: when anything of an upload last arrived, or its state changed, and what stopped it last.
alter table dock_upload add column moved_at timestamptz;
alter table dock_upload add column trouble text check (trouble in
  ('storage-full', 'storage-away', 'storage-damaged', 'database-away', 'stands-still', 'too-many-parts', 'too-long'));

-- What is there already last moved at a time that nobody wrote down; when it was begun is known.
set local role vidne_installation;
update dock_upload set moved_at = created_at;
reset role;
alter table dock_upload alter column moved_at set not null;

create index dock_upload_begun on dock_upload (agency, created_at);
