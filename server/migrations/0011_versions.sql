-- Units of an agency, versions of policies, and what a person has accepted, was trained in, or may confirm for another.

create table people_unit (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  name text not null check (length(name) between 1 and 200),
  name_key text not null,
  created_at timestamptz not null,
  unique (agency, name_key),
  unique (agency, id)
);

-- Null: of the agency as a whole.
alter table people_person add column unit uuid;
alter table people_person add foreign key (agency, unit) references people_unit (agency, id);

-- The newest row of a camera says whose it is.
create table people_camera_unit (
  agency uuid not null references people_agency (id),
  camera text not null check (length(camera) between 1 and 200),
  since timestamptz not null,
  unit uuid,
  assigned_by uuid,
  primary key (agency, camera, since),
  foreign key (agency, unit) references people_unit (agency, id)
);

create table people_acceptance (
  agency uuid not null,
  person uuid not null,
  policy bytea not null check (octet_length(policy) = 32),
  at timestamptz not null,
  primary key (agency, person, policy),
  foreign key (agency, person) references people_person (agency, id)
);

create table people_training (
  id uuid primary key,
  agency uuid not null,
  person uuid not null,
  course text not null check (length(course) between 1 and 200),
  completed_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by uuid,
  revoked_at timestamptz,
  foreign key (agency, person) references people_person (agency, id)
);
create index people_training_of on people_training (agency, person) where revoked_at is null;

create table people_delegation (
  id uuid primary key,
  agency uuid not null,
  principal uuid not null,
  delegate uuid not null check (delegate <> principal),
  since timestamptz not null,
  until timestamptz not null check (until > since),
  ended_at timestamptz,
  foreign key (agency, principal) references people_person (agency, id),
  foreign key (agency, delegate) references people_person (agency, id)
);
create index people_delegation_to on people_delegation (agency, delegate, until) where ended_at is null;

-- In whose place somebody confirmed; null: in their own.
alter table people_confirmation add column on_behalf_of uuid;
alter table people_confirmation add foreign key (agency, on_behalf_of) references people_person (agency, id);

-- The closed set of kinds stands in the contract; here only its form.
alter table people_approval drop constraint people_approval_kind_check;
alter table people_approval add constraint people_approval_kind_check check (kind ~ '^[a-z]+(-[a-z]+)*$');

-- A version is the agency's, or one unit's. `override`: what it changes, null where a pack was taken up as it is.
alter table rules_policy add column unit uuid;
alter table rules_policy add column override text;
alter table rules_policy add foreign key (agency, unit) references people_unit (agency, id);
-- The unit, or the agency where there is none: what the key is made of. Rows are never updated, so it is filled by its type.
alter table rules_policy add column scope uuid;
alter table rules_policy alter column scope type uuid using coalesce(unit, agency);
alter table rules_policy alter column scope set not null;
alter table rules_policy add check (scope = coalesce(unit, agency));
alter table rules_policy drop constraint rules_policy_pkey;
alter table rules_policy add primary key (agency, scope, since);

create trigger people_camera_unit_kept before update or delete on people_camera_unit
  for each row execute function refuse_change();
create trigger people_camera_unit_full before truncate on people_camera_unit
  for each statement execute function refuse_change();
create trigger people_acceptance_kept before update or delete on people_acceptance
  for each row execute function refuse_change();
create trigger people_acceptance_full before truncate on people_acceptance
  for each statement execute function refuse_change();

do $$
declare
  name text;
begin
  foreach name in array array['people_unit', 'people_camera_unit', 'people_acceptance', 'people_training',
    'people_delegation']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_agency on %I to vidne_app
      using (agency = nullif(current_setting(''app.agency'', true), '''')::uuid)', name);
    execute format('create policy every_agency on %I to vidne_installation using (true)', name);
  end loop;
end $$;

grant select, insert on people_unit, people_camera_unit, people_acceptance, people_training, people_delegation
  to vidne_app, vidne_installation;
grant update (unit) on people_person to vidne_app, vidne_installation;
grant update (revoked_at) on people_training to vidne_app, vidne_installation;
grant update (ended_at) on people_delegation to vidne_app, vidne_installation;
