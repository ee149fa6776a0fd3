-- A wearer is a person whatever the capitals and spaces a camera writes: the key under which persons have their names too (nameKey in
-- people/persons.ts). The program writes it; a column, because an index over lower() is not used under row-level security.
alter table dock_recording add column wearer_key text;

-- What is there already: the key that record has of it, from the same function, else what comes next to it in SQL.
set local role vidne_installation;
update dock_recording r set wearer_key = coalesce(
  (select c.wearer_key from record_capture c where c.recording = r.id),
  lower(regexp_replace(btrim(normalize(r.wearer, NFC)), '\s+', ' ', 'g')))
where r.wearer is not null;
reset role;
alter table dock_recording add check ((wearer is null) = (wearer_key is null));

drop index dock_recording_worn;
create index dock_recording_worn on dock_recording (agency, wearer_key) where wearer_key is not null;

create or replace view dock_v_recording with (security_invoker = true) as
  select id, agency, camera, wearer, path, path_encoding, extension, bytes, sha256, crc32, level, clocks, received_at,
    recorded_at, recorded_at_source, proposed_hold, read_state, manifest, erased_at, wearer_key
  from dock_recording;
