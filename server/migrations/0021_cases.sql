-- What people write about recordings and cases, the cases themselves, and the links by which footage is shown to somebody outside.

-- Something written: a note, a marker, a line of a transcript or a link to an incident (of a recording), a note or a task (of a
-- case). Every version of it stands beside it; an edit names the version it saw, so that two people lose nothing. All of a
-- recording's goes with its footage.
create table review_entry (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  subject uuid not null,
  kind text not null check (kind in ('note', 'marker', 'line', 'incident', 'task')),
  version int not null check (version > 0),
  content jsonb not null,
  incident_key text check ((incident_key is null) = (kind <> 'incident')),
  created_by uuid not null,
  created_at timestamptz not null,
  changed_by uuid not null,
  changed_at timestamptz not null,
  removed_at timestamptz
);
create index review_entry_of_subject on review_entry (subject, created_at);
create index review_entry_of_incident on review_entry (agency, incident_key) where incident_key is not null and removed_at is null;

-- `content` null: it was removed. `salt`: the event of the version commits to the words with it, and is no word after it is gone.
create table review_entry_version (
  entry uuid not null,
  version int not null,
  agency uuid not null,
  subject uuid not null,
  content jsonb,
  salt bytea not null check (octet_length(salt) = 32),
  changed_by uuid not null,
  at timestamptz not null,
  primary key (entry, version)
);
create index review_entry_version_of_subject on review_entry_version (subject);

-- A case. `unit`: whose it is, null for the agency as a whole. Its texts have versions like any other entry.
create table review_case (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  unit uuid,
  number text not null,
  number_key text not null,
  title text not null,
  summary text not null,
  state text not null check (state in ('open', 'closed')),
  version int not null check (version > 0),
  exhibits int not null default 0,
  opened_by uuid not null,
  opened_at timestamptz not null,
  changed_by uuid not null,
  changed_at timestamptz not null,
  unique (agency, number_key)
);
create index review_case_newest on review_case (agency, changed_at desc, id desc);

-- Who works on a case or is shown it, and until when. They see its recordings for as long.
create table review_case_person (
  id uuid primary key,
  agency uuid not null,
  case_id uuid not null references review_case (id),
  person uuid not null,
  duty text not null check (duty in ('lead', 'investigates', 'reads', 'prosecutor', 'defence')),
  until timestamptz not null,
  added_by uuid not null,
  added_at timestamptz not null,
  removed_at timestamptz,
  foreign key (agency, person) references people_person (agency, id)
);
create unique index review_case_person_once on review_case_person (case_id, person) where removed_at is null;
create index review_case_person_of_person on review_case_person (agency, person) where removed_at is null;

-- A recording, or a stretch of one, as an exhibit. The number is never given again. When the footage is deleted the number, the
-- reference and the day stay, and the words people wrote go; when its tombstone is erased, so does the recording's id.
create table review_exhibit (
  id uuid primary key,
  agency uuid not null,
  case_id uuid not null references review_case (id),
  number int not null check (number > 0),
  reference text not null,
  title text not null,
  recording uuid,
  from_ms bigint check (from_ms >= 0),
  until_ms bigint check (until_ms > from_ms),
  version int not null check (version > 0),
  added_by uuid not null,
  added_at timestamptz not null,
  removed_at timestamptz,
  gone_at timestamptz,
  check (recording is not null or gone_at is not null),
  unique (case_id, number)
);
create index review_exhibit_of_recording on review_exhibit (recording) where recording is not null;

-- Which grant came of which person and recording of a case, so that it ends with them.
create table review_case_grant (
  grant_id uuid primary key,
  agency uuid not null,
  case_id uuid not null references review_case (id),
  person uuid not null,
  recording uuid not null,
  until timestamptz not null,
  ended_at timestamptz
);
create index review_case_grant_standing on review_case_grant (case_id, recording, person) where ended_at is null;
create index review_case_grant_of_recording on review_case_grant (recording);

-- A link by which somebody outside is shown footage: to whom, what for, until when, how often. `secret` is SHA-256 of what stands
-- behind the # of the link; nobody can make the link from it.
create table share_link (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  case_id uuid not null,
  case_number text not null,
  secret bytea not null check (octet_length(secret) = 32),
  recipient text not null,
  recipient_role text not null check (recipient_role in ('prosecutor', 'defence')),
  purpose text not null,
  until timestamptz not null,
  most_openings int not null check (most_openings > 0),
  openings int not null default 0 check (openings <= most_openings),
  wish bytea not null check (octet_length(wish) = 32),
  approval uuid,
  agreed_at timestamptz,
  made_by uuid not null,
  made_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by uuid,
  reason text,
  check ((revoked_at is null) = (revoked_by is null))
);
create index share_link_of_case on share_link (case_id, made_at desc);
create index share_link_approval on share_link (approval) where approval is not null;

create table share_link_recording (
  link uuid not null references share_link (id),
  agency uuid not null,
  recording uuid not null,
  ord int not null,
  reference text not null,
  primary key (link, recording)
);
create index share_link_recording_of on share_link_recording (recording);

-- An opening of a link: the browser that did it holds the secret of which `secret` is the SHA-256, and no other is shown anything.
create table share_link_opening (
  id uuid primary key,
  agency uuid not null,
  link uuid not null references share_link (id),
  secret bytea not null check (octet_length(secret) = 32),
  opened_at timestamptz not null,
  until timestamptz not null
);
create index share_link_opening_of_link on share_link_opening (link, secret);

-- A view under an opening, as review_view is one of somebody of the agency. Its event is written with it.
create table share_link_view (
  id uuid primary key,
  agency uuid not null,
  opening uuid not null references share_link_opening (id),
  recording uuid not null,
  opened_at timestamptz not null,
  until timestamptz not null
);
create index share_link_view_of_recording on share_link_view (recording);
create index share_link_view_of_opening on share_link_view (opening);

do $$
declare
  name text;
begin
  foreach name in array array['review_entry', 'review_entry_version', 'review_case', 'review_case_person', 'review_exhibit',
    'review_case_grant', 'share_link', 'share_link_recording', 'share_link_opening', 'share_link_view']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_agency on %I to vidne_app
      using (agency = nullif(current_setting(''app.agency'', true), '''')::uuid)', name);
    execute format('create policy every_agency on %I to vidne_installation using (true)', name);
    execute format('grant select, insert on %I to vidne_app', name);
    execute format('grant select, delete on %I to vidne_installation', name);
  end loop;
end $$;
grant update (version, content, incident_key, changed_by, changed_at, removed_at) on review_entry to vidne_app;
grant update (number, number_key, title, summary, state, version, exhibits, changed_by, changed_at) on review_case to vidne_app;
grant update (duty, until, removed_at) on review_case_person to vidne_app;
grant update (reference, title, from_ms, until_ms, version, removed_at) on review_exhibit to vidne_app;
grant update (title, recording, from_ms, until_ms, gone_at) on review_exhibit to vidne_installation;
grant update (ended_at) on review_case_grant to vidne_app;
grant update (openings, approval, agreed_at, revoked_at, revoked_by, reason) on share_link to vidne_app;
