-- People, what they may do, what they asked and confirmed; and the policy an agency has taken up.

create table people_agency (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  zone text not null,
  pack text not null,
  created_at timestamptz not null
);

create table people_person (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  name text not null,
  -- One person has one entry, however the name is spaced or capitalised: a second token makes no second person.
  name_key text not null,
  machine boolean not null,
  created_at timestamptz not null,
  unique (agency, name_key),
  unique (agency, id)
);

create table people_grant (
  id uuid primary key,
  agency uuid not null,
  person uuid not null,
  role text not null,
  granted_at timestamptz not null,
  granted_by uuid,
  revoked_at timestamptz,
  foreign key (agency, person) references people_person (agency, id)
);
create unique index people_grant_held on people_grant (agency, person, role) where revoked_at is null;

create table people_token (
  id uuid primary key,
  agency uuid not null,
  person uuid not null,
  prefix text not null unique,
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  roles text[] not null,
  issued_at timestamptz not null,
  issued_by uuid,
  expires_at timestamptz,
  revoked_at timestamptz,
  foreign key (agency, person) references people_person (agency, id)
);

create table people_approval (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  kind text not null check (kind in ('hold-release', 'export', 'early-deletion', 'brake', 'clock')),
  -- What it is about: a recording, or null for the agency as a whole.
  subject uuid,
  -- Null when the installation itself asks; then two persons confirm.
  asked_by uuid,
  confirmations_needed integer not null check (confirmations_needed in (1, 2)),
  payload jsonb not null,
  asked_at timestamptz not null,
  deadline timestamptz not null,
  state text not null check (state in ('waiting', 'done', 'refused', 'lapsed')),
  because text,
  answered_at timestamptz,
  foreign key (agency, asked_by) references people_person (agency, id),
  unique (agency, id)
);
create index people_approval_waiting on people_approval (agency, deadline) where state = 'waiting';
-- Asking twice for the same finds the first question; exports differ by purpose and recipient.
create unique index people_approval_once on people_approval (agency, kind, coalesce(subject, agency))
  where state = 'waiting' and kind <> 'export';

create table people_confirmation (
  approval uuid not null,
  agency uuid not null,
  person uuid not null,
  token uuid not null,
  at timestamptz not null,
  primary key (approval, person),
  foreign key (agency, approval) references people_approval (agency, id),
  foreign key (agency, person) references people_person (agency, id)
);

-- Refusals, listings and sign-ins. Each hour's rows of an agency go into one event of its chain.
create table people_audit (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  at timestamptz not null,
  person uuid,
  token uuid,
  act text not null,
  subject uuid,
  outcome text not null,
  salt bytea not null check (octet_length(salt) = 16),
  -- The event that covers this row; set once.
  covered_by uuid
);
create index people_audit_uncovered on people_audit (agency, at) where covered_by is null;

create table people_audit_hour (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  hour timestamptz not null,
  rows integer not null,
  root bytea not null check (octet_length(root) = 32),
  unique (agency, hour)
);

create table rules_policy (
  agency uuid not null references people_agency (id),
  since timestamptz not null,
  digest bytea not null check (octet_length(digest) = 32),
  pack text not null,
  -- The canonical text the digest is taken over.
  published text not null,
  primary key (agency, since)
);

create function people_audit_only_covered() returns trigger language plpgsql as $$
begin
  if old.covered_by is null and new.covered_by is not null
    and row(new.id, new.agency, new.at, new.person, new.token, new.act, new.subject, new.outcome, new.salt)
      is not distinct from row(old.id, old.agency, old.at, old.person, old.token, old.act, old.subject, old.outcome, old.salt)
  then
    return new;
  end if;
  raise exception 'audit rows are never changed' using errcode = 'VD001';
end $$;

create trigger people_audit_frozen before update on people_audit
  for each row execute function people_audit_only_covered();
create trigger people_audit_kept before delete on people_audit for each row execute function refuse_change();
create trigger people_audit_full before truncate on people_audit for each statement execute function refuse_change();
create trigger people_audit_hour_kept before update or delete on people_audit_hour
  for each row execute function refuse_change();
create trigger people_audit_hour_full before truncate on people_audit_hour
  for each statement execute function refuse_change();
create trigger people_confirmation_kept before update or delete on people_confirmation
  for each row execute function refuse_change();
create trigger people_confirmation_full before truncate on people_confirmation
  for each statement execute function refuse_change();
create trigger rules_policy_kept before update or delete on rules_policy
  for each row execute function refuse_change();
create trigger rules_policy_full before truncate on rules_policy
  for each statement execute function refuse_change();

alter table people_agency enable row level security;
alter table people_agency force row level security;
create policy own_agency on people_agency to vidne_app
  using (id = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on people_agency to vidne_installation using (true);

do $$
declare
  name text;
begin
  foreach name in array array['people_person', 'people_grant', 'people_token', 'people_approval', 'people_confirmation',
    'people_audit', 'people_audit_hour', 'rules_policy']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_agency on %I to vidne_app
      using (agency = nullif(current_setting(''app.agency'', true), '''')::uuid)', name);
    execute format('create policy every_agency on %I to vidne_installation using (true)', name);
  end loop;
end $$;

grant select, insert on people_agency, people_person, people_confirmation, people_audit_hour, rules_policy
  to vidne_app, vidne_installation;
grant select, insert on people_grant, people_token, people_approval, people_audit to vidne_app, vidne_installation;
grant update (revoked_at) on people_grant, people_token to vidne_app, vidne_installation;
grant update (state, because, answered_at, payload) on people_approval to vidne_app, vidne_installation;
grant update (covered_by) on people_audit to vidne_app, vidne_installation;
