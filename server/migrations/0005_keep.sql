-- How long recordings live: deadlines, holds, runs, tombstones.

-- Which stores belong together, and how far the vault had come when it was last seen: an older one is recognised by it.
create table keep_ground (
  one boolean primary key default true check (one),
  installation text not null,
  vault text not null,
  vault_commit bigint not null
);

-- settled: whether the anchor is established; until the media was read it may still move either way, afterwards only later.
-- vault_state: unsettled until the vault's class of the key is what this row and the holds ask for.
create table keep_deadline (
  recording uuid primary key,
  agency uuid not null,
  rule text not null,
  direction text not null check (direction in ('max', 'min', 'review')),
  anchor timestamptz not null,
  anchor_source text not null,
  settled boolean not null,
  delete_after timestamptz,
  review_at timestamptz,
  state text not null check (state in ('kept', 'due', 'erasing', 'deleted')),
  vault_state text not null check (vault_state in ('unsettled', 'settled', 'lost')),
  vault_hour bigint,
  key_destroyed_at timestamptz,
  in_backups_until timestamptz,
  deleted_at timestamptz,
  counted boolean not null default false,
  -- Keyed hash by which the same file from the same camera is recognised; lives as long as the tombstone.
  recognition bytea check (octet_length(recognition) = 32),
  check (direction <> 'max' or delete_after is not null)
);
create index keep_deadline_due on keep_deadline (agency, delete_after) where state in ('kept', 'due');
create index keep_deadline_erasing on keep_deadline (agency) where state = 'erasing';
create index keep_deadline_unsettled on keep_deadline (agency) where vault_state = 'unsettled';
create index keep_deadline_recognition on keep_deadline (agency, recognition) where recognition is not null;
create index keep_deadline_uncounted on keep_deadline (agency) where state = 'deleted' and not counted;

-- The categories somebody gave a recording; the longest of their rules decides. Without any, it is uncategorised.
create table keep_category (
  recording uuid not null references keep_deadline (recording),
  agency uuid not null,
  rule text not null,
  since timestamptz not null,
  person uuid,
  primary key (recording, rule)
);

-- proposed: the camera asked for it (LOCKED, EMERGENCY); it stops deletion like any other until two persons lift it.
create table keep_hold (
  id uuid primary key,
  agency uuid not null,
  recording uuid not null references keep_deadline (recording),
  state text not null check (state in ('proposed', 'placed', 'released')),
  reason text,
  placed_by uuid,
  placed_at timestamptz not null,
  review_at timestamptz not null,
  released_at timestamptz,
  approval uuid,
  check ((state = 'released') = (released_at is not null))
);
create index keep_hold_standing on keep_hold (recording) where state <> 'released';

-- What the brake held back, by the question that lists it.
create table keep_braked (
  approval uuid not null,
  agency uuid not null,
  recording uuid not null references keep_deadline (recording),
  approved boolean not null default false,
  primary key (approval, recording)
);
create index keep_braked_of on keep_braked (recording);

-- at: the clock when the run ended, or when two persons confirmed that the clock is right.
create table keep_run (
  id uuid primary key,
  agency uuid not null,
  at timestamptz not null,
  person uuid,
  outcome text not null check (outcome in ('done', 'waiting', 'stopped', 'clock-stopped', 'clock-confirmed')),
  because text,
  approval uuid,
  deleted integer not null,
  unfinished integer not null
);
create index keep_run_newest on keep_run (agency, at desc);

-- Which eraser has reported that nothing of the recording is left with it.
create table keep_erased (
  recording uuid not null references keep_deadline (recording),
  agency uuid not null,
  eraser text not null,
  at timestamptz not null,
  primary key (recording, eraser)
);

-- What stays of a deleted recording: its history, until that has its own end.
create table keep_tombstone (
  recording uuid primary key references keep_deadline (recording),
  agency uuid not null,
  rule text not null,
  deleted_at timestamptz not null,
  erase_after timestamptz not null,
  forgotten_at timestamptz,
  erased_at timestamptz
);
create index keep_tombstone_due on keep_tombstone (agency, erase_after) where erased_at is null;

create trigger keep_run_kept before update or delete on keep_run for each row execute function refuse_change();
create trigger keep_run_whole before truncate on keep_run execute function refuse_change();
create trigger keep_erased_kept before update or delete on keep_erased for each row execute function refuse_change();
create trigger keep_erased_whole before truncate on keep_erased execute function refuse_change();

-- The states go one way. A recording that is gone cannot be kept again, nor a key that is destroyed be un-destroyed.
create function keep_one_way() returns trigger language plpgsql as $$
begin
  if (old.state = 'deleted' and new.state <> 'deleted')
    or (old.state = 'erasing' and new.state not in ('erasing', 'deleted'))
    or (old.key_destroyed_at is not null and new.key_destroyed_at is distinct from old.key_destroyed_at)
    or (new.state = 'deleted' and new.key_destroyed_at is null)
  then
    raise exception 'a deletion goes one way' using errcode = 'VD001';
  end if;
  if old.settled and new.rule <> 'early-deletion'
    and coalesce(new.delete_after, 'infinity') < coalesce(old.delete_after, 'infinity')
  then
    raise exception 'no edit brings a deletion forward' using errcode = 'VD001';
  end if;
  return new;
end $$;
create trigger keep_deadline_one_way before update on keep_deadline for each row execute function keep_one_way();
create trigger keep_deadline_kept before delete on keep_deadline for each row execute function refuse_change();
create trigger keep_deadline_whole before truncate on keep_deadline execute function refuse_change();

do $$
declare
  name text;
begin
  foreach name in array array['keep_deadline', 'keep_category', 'keep_hold', 'keep_braked', 'keep_run', 'keep_erased',
    'keep_tombstone']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_agency on %I to vidne_app
      using (agency = nullif(current_setting(''app.agency'', true), '''')::uuid)', name);
    execute format('create policy every_agency on %I to vidne_installation using (true)', name);
    execute format('grant select, insert on %I to vidne_app, vidne_installation', name);
  end loop;
end $$;

grant select, insert, update on keep_ground to vidne_installation;
grant update on keep_deadline, keep_tombstone to vidne_app, vidne_installation;
grant update (state, reason, released_at, approval) on keep_hold to vidne_app, vidne_installation;
grant update (approved) on keep_braked to vidne_app, vidne_installation;

-- For later stages. delete_after is null while a hold, a minimum or a review keeps the recording.
create view keep_v_recording with (security_invoker = true) as
  select d.recording, d.agency, d.state, d.rule, d.direction, d.anchor, d.anchor_source, d.review_at, d.deleted_at,
    h.held, case when h.held then null else d.delete_after end as delete_after
  from keep_deadline d
  cross join lateral (
    select exists (select from keep_hold where recording = d.recording and state <> 'released') as held
  ) h;
grant select on keep_v_recording to vidne_app, vidne_installation;
