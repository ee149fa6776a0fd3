-- What was ordered, what was reported of captures, what the policy says of them, what somebody has to look at; and how many
-- cameras there are for how many posts.

-- An operation. `verdict` is what the policy in force said of its task type when it was ordered; what is decided about a
-- capture is decided by the policy in force at that capture.
create table record_operation (
  id uuid primary key,
  agency uuid not null,
  unit text,
  title text not null,
  task text not null,
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  ordered_by text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  policy bytea not null check (octet_length(policy) = 32),
  verdict text not null check (verdict in ('must', 'may', 'must-not', 'must-stop')),
  clause jsonb
);
create index record_operation_of_agency on record_operation (agency, from_at desc);

-- Who takes part, by the name cameras know them by, or by camera. `recording`: the first one that covers them. `looked_at`: when a
-- period that was over was looked through for recordings that are not there.
create table record_participant (
  operation uuid not null references record_operation (id),
  agency uuid not null,
  ord int not null check (ord >= 0),
  wearer text,
  wearer_key text,
  camera text,
  recording uuid,
  looked_at timestamptz,
  primary key (operation, ord),
  check (wearer_key is not null or camera is not null),
  check ((wearer is null) = (wearer_key is null))
);
create index record_participant_unseen on record_participant (agency) where looked_at is null;
create index record_participant_wearer on record_participant (agency, wearer_key) where recording is null;
create index record_participant_camera on record_participant (agency, camera) where recording is null;
create index record_participant_recording on record_participant (recording) where recording is not null;

-- One row a sealed recording: when it was made as far as a clock can be believed, and the policy in force then. Without one it is
-- marked, and there is no third way.
create table record_capture (
  recording uuid primary key,
  agency uuid not null,
  camera text,
  wearer text,
  wearer_key text,
  started_at timestamptz,
  ended_at timestamptz,
  docked_at timestamptz not null,
  policy bytea check (octet_length(policy) = 32),
  marks text[] not null,
  notice_needed boolean not null,
  noticed text check (noticed in ('spoken', 'sign', 'not-possible')),
  notice_asked_at timestamptz,
  erased_at timestamptz,
  check ((policy is null) = ('no-policy' = any (marks)))
);
create index record_capture_unnoticed on record_capture (agency, docked_at)
  where notice_needed and noticed is null and notice_asked_at is null and erased_at is null;
create index record_capture_of_agency on record_capture (agency, started_at);

-- What a camera or a dispatcher reported of a capture, with what was decided about it. `reported` holds it as it came; emptied
-- with the footage.
create table record_situation (
  id uuid primary key,
  agency uuid not null,
  operation uuid references record_operation (id),
  recording uuid,
  wearer_key text,
  camera text,
  at timestamptz not null,
  reported jsonb not null,
  reporter jsonb,
  reported_by uuid not null,
  reported_at timestamptz not null,
  policy bytea check (octet_length(policy) = 32),
  verdict text not null check (verdict in ('must', 'may', 'must-not', 'must-stop')),
  decided jsonb not null,
  explained_at timestamptz,
  explanation text,
  looked_at timestamptz,
  erased_at timestamptz,
  check ((policy is null) = (decided -> 'marks' ? 'no-policy'))
);
create index record_situation_waiting on record_situation (agency, at) where recording is null;
create index record_situation_of_recording on record_situation (recording) where recording is not null;
create index record_situation_newest on record_situation (agency, at desc, id desc);

-- Something a supervisor has to look at. `subject` is the recording's id, or the operation's or situation's where none came: one
-- question of a kind for each, and of an operation one for each who took part.
create table record_review (
  id uuid primary key,
  agency uuid not null,
  unit text,
  kind text not null check (kind in ('missing-recording', 'no-notice', 'override', 'stage-skipped', 'late-stop', 'no-policy',
    'no-legal-basis', 'forbidden', 'to-be-explained')),
  subject uuid not null,
  ord int not null default 0,
  recording uuid,
  operation uuid references record_operation (id),
  situation uuid references record_situation (id),
  about_person uuid,
  words jsonb not null default '{}',
  since timestamptz not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  closed_by uuid,
  reason text,
  erased_at timestamptz,
  check ((closed_at is null) = (closed_by is null)),
  check (closed_at is null or reason is not null or erased_at is not null),
  unique (agency, kind, subject, ord)
);
create index record_review_open on record_review (agency, opened_at) where closed_at is null;
create index record_review_newest on record_review (agency, opened_at desc, id desc);
create index record_review_of_recording on record_review (recording) where recording is not null;

-- How many cameras a district has from a day on, and which posts it fills in which shift on which days of the week.
create table equip_stock (
  agency uuid not null,
  district text not null,
  since date not null,
  cameras int not null check (cameras >= 0),
  primary key (agency, district, since)
);
create table equip_shift (
  agency uuid not null,
  ord int not null,
  district text not null,
  name text not null,
  first_day date not null,
  last_day date not null check (last_day >= first_day),
  weekdays int[] not null,
  posts int not null check (posts >= 0),
  primary key (agency, ord)
);
create table equip_plan (
  agency uuid primary key,
  spare_percent int not null check (spare_percent between 0 and 400),
  set_by uuid not null,
  set_at timestamptz not null
);

alter table record_operation enable row level security;
alter table record_operation force row level security;
alter table record_participant enable row level security;
alter table record_participant force row level security;
alter table record_capture enable row level security;
alter table record_capture force row level security;
alter table record_situation enable row level security;
alter table record_situation force row level security;
alter table record_review enable row level security;
alter table record_review force row level security;
alter table equip_stock enable row level security;
alter table equip_stock force row level security;
alter table equip_shift enable row level security;
alter table equip_shift force row level security;
alter table equip_plan enable row level security;
alter table equip_plan force row level security;

create policy own_agency on record_operation to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on record_operation to vidne_installation using (true);
create policy own_agency on record_participant to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on record_participant to vidne_installation using (true);
create policy own_agency on record_capture to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on record_capture to vidne_installation using (true);
create policy own_agency on record_situation to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on record_situation to vidne_installation using (true);
create policy own_agency on record_review to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on record_review to vidne_installation using (true);
create policy own_agency on equip_stock to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on equip_stock to vidne_installation using (true);
create policy own_agency on equip_shift to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on equip_shift to vidne_installation using (true);
create policy own_agency on equip_plan to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on equip_plan to vidne_installation using (true);

-- A verdict and a review are never taken back: what was decided is not among the columns that may change.
grant select, insert on record_operation, record_participant, record_capture, record_situation, record_review
  to vidne_app, vidne_installation;
grant update (recording, looked_at) on record_participant to vidne_app, vidne_installation;
grant update (started_at, ended_at, noticed, notice_asked_at, erased_at, camera, wearer, wearer_key) on record_capture
  to vidne_app, vidne_installation;
grant update (recording, explained_at, explanation, looked_at, reported, reporter, erased_at, wearer_key, camera) on record_situation
  to vidne_app, vidne_installation;
grant update (recording, words, closed_at, closed_by, reason, erased_at) on record_review to vidne_app, vidne_installation;
grant select, insert, update, delete on equip_stock, equip_shift, equip_plan to vidne_app;
grant select on equip_stock, equip_shift, equip_plan to vidne_installation;

-- For later stages.
create view record_v_capture with (security_invoker = true) as
  select recording, agency, started_at, ended_at, policy, marks, noticed from record_capture where erased_at is null;
create view record_v_review with (security_invoker = true) as
  select id, agency, unit, kind, recording, operation, since, opened_at, closed_at from record_review;
grant select on record_v_capture, record_v_review to vidne_app, vidne_installation;
