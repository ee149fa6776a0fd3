-- Who may see which recording, and who looks at one.

-- A grant lets a person, or whoever holds a role, see a recording beyond what the role reaches by itself. It ends by time or when
-- it is revoked; what it was given for enters the history of the recording, and goes from here with the footage.
create table rules_grant (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  recording uuid not null,
  kind text not null check (kind in ('case', 'share')),
  person uuid,
  role text,
  since timestamptz not null,
  until timestamptz not null,
  granted_by uuid,
  reason text not null,
  revoked_at timestamptz,
  revoked_by uuid,
  check ((person is null) <> (role is null)),
  check (until > since),
  foreign key (agency, person) references people_person (agency, id)
);
create index rules_grant_of_person on rules_grant (agency, person, recording) where revoked_at is null;
create index rules_grant_of_role on rules_grant (agency, role, recording) where revoked_at is null;
create index rules_grant_of_recording on rules_grant (recording);

-- A view that was opened: whoever asked may read these bytes of the recording until then. Its event is written with it.
create table review_view (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  recording uuid not null,
  person uuid not null,
  purpose text not null,
  case_number text,
  own_report boolean not null,
  from_byte bigint not null check (from_byte >= 0),
  until_byte bigint not null check (until_byte >= from_byte),
  opened_at timestamptz not null,
  until timestamptz not null,
  foreign key (agency, person) references people_person (agency, id)
);
create index review_view_of_recording on review_view (recording);

-- One agreement of a second person is good for one view, of exactly what was asked for.
create table review_agreement (
  approval uuid primary key,
  agency uuid not null,
  recording uuid not null,
  wish bytea not null check (octet_length(wish) = 32),
  agreed_at timestamptz not null,
  used_at timestamptz
);
create index review_agreement_open on review_agreement (recording, wish) where used_at is null;

-- The recordings of a wearer are found without looking at all of the agency's.
create index dock_recording_worn on dock_recording (agency, wearer) where wearer is not null;

do $$
declare
  name text;
begin
  foreach name in array array['rules_grant', 'review_view', 'review_agreement']
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
grant update (revoked_at, revoked_by) on rules_grant to vidne_app;
grant update (used_at) on review_agreement to vidne_app;
