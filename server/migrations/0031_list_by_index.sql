-- What the list of recordings is narrowed by lies with the recording, in the list's own order: whether it was made in an operation, and
-- where. Both are known elsewhere first (record_made_in, dock_fact); the database itself copies them in the same transaction, so no
-- program can write the one without the other. Statements that touch neither pay for a trigger that finds nothing to do.

alter table dock_recording add column in_operation boolean not null default false,
  add column latitude_e7 int, add column longitude_e7 int,
  add check ((latitude_e7 is null) = (longitude_e7 is null));
grant update (in_operation, latitude_e7, longitude_e7) on dock_recording to vidne_app;

create or replace view dock_v_recording with (security_invoker = true) as
  select id, agency, camera, wearer, path, path_encoding, extension, bytes, sha256, crc32, level, clocks, received_at,
    recorded_at, recorded_at_source, proposed_hold, read_state, manifest, erased_at, wearer_key, in_operation, latitude_e7, longitude_e7
  from dock_recording;

-- A parser's claim, never trusted: degrees times 10^7 of a point of the Earth, or null.
create function dock_degrees(claim jsonb, most int) returns int language sql immutable as $$
  select case when jsonb_typeof(claim) = 'number' then
    case when (claim #>> '{}')::numeric between -most::bigint * 10000000 and most::bigint * 10000000
      then round((claim #>> '{}')::numeric)::int end
  end
$$;

-- The place of a recording is the first that its file says, where it is one.
create function dock_place_noted() returns trigger language plpgsql as $$
begin
  update dock_recording r
  set latitude_e7 = case when p.longitude is not null then p.latitude end,
    longitude_e7 = case when p.latitude is not null then p.longitude end
  from (select distinct recording from touched where name = 'place') t
  left join lateral (
    select dock_degrees(f.value -> 'latitudeE7', 90) as latitude, dock_degrees(f.value -> 'longitudeE7', 180) as longitude
    from dock_fact f where f.recording = t.recording and f.name = 'place' order by f.ord limit 1
  ) p on true
  where r.id = t.recording and (r.latitude_e7, r.longitude_e7) is distinct from (
    case when p.longitude is not null then p.latitude end, case when p.latitude is not null then p.longitude end);
  return null;
end $$;
create trigger dock_fact_said after insert on dock_fact referencing new table as touched
  for each statement execute function dock_place_noted();
create trigger dock_fact_said_otherwise after update on dock_fact referencing new table as touched
  for each statement execute function dock_place_noted();
create trigger dock_fact_gone after delete on dock_fact referencing old table as touched
  for each statement execute function dock_place_noted();

create function record_made_in_noted() returns trigger language plpgsql as $$
begin
  update dock_recording r set in_operation = not r.in_operation
  from (select distinct recording from touched) t
  where r.id = t.recording
    and r.in_operation <> exists (select from record_made_in m where m.recording = r.id);
  return null;
end $$;
create trigger record_made_in_linked after insert on record_made_in referencing new table as touched
  for each statement execute function record_made_in_noted();
create trigger record_made_in_loosed after delete on record_made_in referencing old table as touched
  for each statement execute function record_made_in_noted();

-- What is there already.
set local role vidne_installation;
update dock_recording r set in_operation = true
where exists (select from record_made_in m where m.recording = r.id);
update dock_recording r set latitude_e7 = p.latitude, longitude_e7 = p.longitude
from (
  select distinct on (f.recording) f.recording, dock_degrees(f.value -> 'latitudeE7', 90) as latitude,
    dock_degrees(f.value -> 'longitudeE7', 180) as longitude
  from dock_fact f where f.name = 'place' order by f.recording, f.ord
) p
where r.id = p.recording and p.latitude is not null and p.longitude is not null;
reset role;

-- Orphans are found in the list's order however few or many they are, and however old. `where` is what they are asked by.
create index dock_recording_orphan on dock_recording (agency, (case when recorded_at is null then received_at else recorded_at end) desc, id desc)
  where erased_at is null and (camera is null or wearer is null or not in_operation);
create index dock_recording_no_camera on dock_recording (agency, (case when recorded_at is null then received_at else recorded_at end) desc, id desc)
  where erased_at is null and camera is null;
create index dock_recording_no_wearer on dock_recording (agency, (case when recorded_at is null then received_at else recorded_at end) desc, id desc)
  where erased_at is null and wearer is null;
create index dock_recording_erased on dock_recording (agency, (case when recorded_at is null then received_at else recorded_at end) desc, id desc)
  where erased_at is not null;
create index dock_recording_located on dock_recording (agency, (case when recorded_at is null then received_at else recorded_at end) desc, id desc)
  where latitude_e7 is not null;
create index dock_recording_place on dock_recording (agency, latitude_e7, longitude_e7) where latitude_e7 is not null;
drop index dock_fact_place;
