-- Kinds of holds and what follows from them, categories that can be taken away, cases, decisions, records, and what two
-- persons decided when a deletion is brought forward.

-- camera: its own mark, which nobody places by hand.
alter table keep_hold add column kind text not null default 'case'
  check (kind in ('case', 'complaint', 'preservation', 'access', 'dispute', 'camera'));
update keep_hold set kind = 'camera' where placed_by is null;
grant update (review_at) on keep_hold to vidne_app, vidne_installation;
create index keep_hold_by_review on keep_hold (agency, review_at) where state <> 'released';

-- A dispute hold starts a duty: tell the other party, and offer a copy.
create table keep_duty (
  hold uuid primary key references keep_hold (id),
  agency uuid not null,
  recording uuid not null references keep_deadline (recording),
  due_at timestamptz not null,
  told_at timestamptz,
  told_by uuid,
  offered_at timestamptz,
  offered_by uuid
);

-- A category that was taken away stays as a row: until and approval say when, and by which question.
alter table keep_category add column case_number text, add column offence text, add column until timestamptz,
  add column approval uuid;
grant update (case_number, offence, since, person, until, approval) on keep_category to vidne_app, vidne_installation;

create table keep_case_event (
  id uuid primary key,
  agency uuid not null,
  recording uuid not null references keep_deadline (recording),
  case_number text,
  event text not null check (event in ('not_charged', 'acquitted', 'convicted', 'sentence_ended')),
  happened_at timestamptz not null,
  noted_at timestamptz not null,
  person uuid not null
);
create index keep_case_event_of on keep_case_event (recording);

-- What wearer and superior decided before the time was over; roles: the two of them.
create table keep_decision (
  approval uuid primary key,
  agency uuid not null,
  recording uuid not null references keep_deadline (recording),
  outcome text not null check (outcome in ('delete', 'keep')),
  roles text[] not null,
  at timestamptz not null
);
create index keep_decision_of on keep_decision (recording);

-- Why a deletion came forward: a question that two persons agreed to, or a policy that two persons published.
create table keep_shortening (
  id uuid primary key,
  agency uuid not null,
  -- No reference back: the deadline refers to this, and rows are restored in the order of their references.
  recording uuid not null,
  kind text not null check (kind in ('early-deletion', 'category-downgrade', 'deletion-decision', 'policy')),
  approval uuid,
  policy bytea check (octet_length(policy) = 32),
  at timestamptz not null,
  check ((kind = 'policy') = (policy is not null)),
  check ((kind = 'policy') = (approval is null)),
  unique (id, recording)
);
create unique index keep_shortening_once on keep_shortening (recording, approval) where approval is not null;
alter table keep_deadline add column shortening uuid,
  add foreign key (shortening, recording) references keep_shortening (id, recording);

-- Up to which of its policies an agency's recordings have been reckoned.
create table keep_reckoned (
  agency uuid primary key,
  since timestamptz not null
);

-- Records beside the footage: a balancing test, an entry of the camera register.
create table keep_record (
  id uuid primary key,
  agency uuid not null,
  kind text not null,
  ref text,
  about text,
  entered_at timestamptz not null,
  entered_by uuid not null,
  monitoring_end timestamptz,
  deleted_at timestamptz,
  disposal uuid,
  check ((deleted_at is null) = (ref is not null)),
  check ((deleted_at is null) = (about is not null)),
  check (deleted_at is null or (disposal is not null and monitoring_end is not null))
);

-- A documented decision to let records go (Swedish: gallring): who decided, on which day, under which reference.
create table keep_disposal (
  id uuid primary key,
  agency uuid not null,
  kind text not null,
  authority text not null,
  decided_on date not null,
  reference text not null,
  noted_at timestamptz not null,
  person uuid not null
);
alter table keep_record add foreign key (disposal) references keep_disposal (id);

create function keep_record_one_way() returns trigger language plpgsql as $$
begin
  if old.deleted_at is not null or new.kind <> old.kind
    or (old.monitoring_end is not null and (new.monitoring_end is null or new.monitoring_end < old.monitoring_end))
  then
    raise exception 'no edit brings the end of a record forward' using errcode = 'VD001';
  end if;
  return new;
end $$;
create trigger keep_record_kept_long before update on keep_record for each row execute function keep_record_one_way();
create trigger keep_record_kept before delete on keep_record for each row execute function refuse_change();
create trigger keep_record_whole before truncate on keep_record for each statement execute function refuse_change();

-- The states go one way, and a deletion comes forward only with a shortening of its own.
create or replace function keep_one_way() returns trigger language plpgsql as $$
begin
  if (old.state = 'deleted' and new.state <> 'deleted')
    or (old.state = 'erasing' and new.state not in ('erasing', 'deleted'))
    or (old.key_destroyed_at is not null and new.key_destroyed_at is distinct from old.key_destroyed_at)
    or (new.state = 'deleted' and new.key_destroyed_at is null)
  then
    raise exception 'a deletion goes one way' using errcode = 'VD001';
  end if;
  if old.settled and (new.shortening is null or new.shortening is not distinct from old.shortening)
    and coalesce(new.delete_after, 'infinity') < coalesce(old.delete_after, 'infinity')
  then
    raise exception 'no edit brings a deletion forward' using errcode = 'VD001';
  end if;
  return new;
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['keep_decision', 'keep_shortening', 'keep_disposal']
  loop
    execute format('create trigger %I before update or delete on %I for each row execute function refuse_change()',
      name || '_kept', name);
    execute format('create trigger %I before truncate on %I execute function refuse_change()', name || '_whole', name);
  end loop;
  foreach name in array array['keep_duty', 'keep_case_event', 'keep_decision', 'keep_shortening', 'keep_reckoned',
    'keep_record', 'keep_disposal']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_agency on %I to vidne_app
      using (agency = nullif(current_setting(''app.agency'', true), '''')::uuid)', name);
    execute format('create policy every_agency on %I to vidne_installation using (true)', name);
    execute format('grant select, insert on %I to vidne_app, vidne_installation', name);
  end loop;
end $$;
create trigger keep_case_event_kept before delete on keep_case_event for each row execute function refuse_change();
create trigger keep_case_event_whole before truncate on keep_case_event
  for each statement execute function refuse_change();
-- The number goes with the tombstone; what happened stays.
grant update (case_number) on keep_case_event to vidne_app, vidne_installation;
grant update on keep_reckoned, keep_duty to vidne_app, vidne_installation;
grant update (ref, about, monitoring_end, deleted_at, disposal) on keep_record to vidne_app, vidne_installation;
