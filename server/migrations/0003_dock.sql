-- What arrives: uploads under way, the parts their bytes lie in, and the recordings they become.

-- An upload. `stored` names its storage: key in the vault, associated data of its parts. It becomes the recording's id, unless
-- the same bytes from the same camera are here already: then `recording` names that one, and the storage is discarded.
-- `reserved`: object names that may exist without a row in dock_part, because the process ended in between. `attempt` rises
-- when a process takes the upload up: what an earlier owner still tries to acknowledge is void from then on.
create table dock_upload (
  id uuid primary key,
  agency uuid not null,
  stored uuid not null unique,
  recording uuid,
  person uuid not null,
  actor jsonb not null,
  camera text,
  camera_source text,
  wearer text,
  path text not null,
  path_encoding text not null check (path_encoding in ('utf-8', 'percent')),
  metadata text not null,
  bytes bigint check (bytes >= 0),
  acknowledged bigint not null default 0 check (acknowledged >= 0 and (bytes is null or acknowledged <= bytes)),
  parts int not null default 0 check (parts >= 0),
  reserved jsonb not null default '[]',
  attempt int not null default 0,
  declared_sha256 bytea check (octet_length(declared_sha256) = 32),
  clocks jsonb not null,
  proposed_hold boolean not null,
  session text,
  level text not null check (level in ('gateway', 'received')),
  state text not null check (state in ('open', 'complete', 'mismatched', 'withheld', 'terminated', 'expired')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  check ((state = 'complete') = (recording is not null))
);
create index dock_upload_waiting on dock_upload (expires_at) where state <> 'complete';
create index dock_upload_of_recording on dock_upload (recording) where recording is not null;
create index dock_upload_open on dock_upload (agency) where state = 'open';

-- A part: one sealed message, one object. Its row is written after its bytes are durable, and is the acknowledgement.
create table dock_part (
  agency uuid not null,
  recording uuid not null,
  part int not null check (part >= 0),
  object text not null unique,
  plain_offset bigint not null check (plain_offset >= 0),
  plain_bytes int not null check (plain_bytes > 0),
  primary key (recording, part)
);

-- Storage that is to be erased: key first, then objects, then rows. Written in the transaction that decides so.
create table dock_discard (
  stored uuid primary key,
  agency uuid not null,
  because text not null check (because in ('received-again', 'terminated', 'expired')),
  since timestamptz not null
);

-- A recording. After its deletion only what says nothing of it remains: id, agency, level and times of ours.
create table dock_recording (
  id uuid primary key,
  agency uuid not null,
  camera text,
  wearer text,
  path text,
  path_encoding text,
  extension text,
  bytes bigint,
  sha256 bytea check (octet_length(sha256) = 32),
  crc32 bigint,
  pieces bytea,
  manifest text,
  level text not null check (level in ('captured', 'gateway', 'received')),
  clocks jsonb,
  received_at timestamptz not null,
  recorded_at timestamptz,
  recorded_at_source text,
  proposed_hold boolean not null,
  read_state text not null default 'waiting' check (read_state in ('waiting', 'read', 'not-parsable')),
  read_tries int not null default 0,
  erased_at timestamptz
);
create unique index dock_recording_same on dock_recording (agency, (coalesce(camera, '')), sha256, bytes)
  where sha256 is not null;
create index dock_recording_unread on dock_recording (received_at) where read_state = 'waiting' and erased_at is null;
create index dock_recording_newest on dock_recording (agency, received_at desc, id desc);

-- What a parser claims to have found in the media. Never trusted: each fact names its source field and its parser.
create table dock_fact (
  agency uuid not null,
  recording uuid not null references dock_recording (id),
  ord int not null,
  name text not null,
  value jsonb not null,
  source text not null,
  parser text not null,
  primary key (recording, ord)
);

alter table dock_upload enable row level security;
alter table dock_upload force row level security;
alter table dock_part enable row level security;
alter table dock_part force row level security;
alter table dock_discard enable row level security;
alter table dock_discard force row level security;
alter table dock_recording enable row level security;
alter table dock_recording force row level security;
alter table dock_fact enable row level security;
alter table dock_fact force row level security;

create policy own_agency on dock_upload to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on dock_upload to vidne_installation using (true);
create policy own_agency on dock_part to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on dock_part to vidne_installation using (true);
create policy own_agency on dock_discard to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on dock_discard to vidne_installation using (true);
create policy own_agency on dock_recording to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on dock_recording to vidne_installation using (true);
create policy own_agency on dock_fact to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on dock_fact to vidne_installation using (true);

-- Only the installation's own jobs remove anything.
grant select, insert, update on dock_upload to vidne_app;
grant select, insert on dock_part, dock_discard, dock_recording, dock_fact to vidne_app;
grant update (read_state, read_tries, recorded_at, recorded_at_source) on dock_recording to vidne_app;
grant select, insert, update, delete on dock_upload, dock_part, dock_discard, dock_recording, dock_fact
  to vidne_installation;

-- For later stages.
create view dock_v_recording with (security_invoker = true) as
  select id, agency, camera, wearer, path, path_encoding, extension, bytes, sha256, crc32, level, clocks, received_at,
    recorded_at, recorded_at_source, proposed_hold, read_state, manifest, erased_at
  from dock_recording;
create view dock_v_fact with (security_invoker = true) as
  select agency, recording, ord, name, value, source, parser from dock_fact;
grant select on dock_v_recording, dock_v_fact to vidne_app, vidne_installation;
