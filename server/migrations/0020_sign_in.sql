-- Who signs in by themselves: accounts, their sessions, invitations, and what holds up guessing.

-- An account lets a person of an agency in. What they prove it with is kept by the sign-in library, under `identity`.
create table people_account (
  id uuid primary key,
  agency uuid not null references people_agency (id),
  person uuid not null,
  identity text not null unique,
  opened_at timestamptz not null,
  closed_at timestamptz,
  foreign key (agency, person) references people_person (agency, id)
);
create unique index people_account_open on people_account (agency, person) where closed_at is null;

-- A browser that somebody has signed in with. Only the digest of what its cookie holds is kept.
create table people_session (
  id uuid primary key,
  agency uuid not null,
  person uuid not null,
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  method text not null check (method in ('passkey', 'password', 'oidc', 'persona')),
  -- The program and device as the browser names itself, for its owner to know it by.
  client text not null check (length(client) <= 200),
  began_at timestamptz not null,
  seen_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  foreign key (agency, person) references people_person (agency, id)
);
create index people_session_of_person on people_session (agency, person) where ended_at is null;

-- A link by which somebody makes their own account, once. The secret is only in the link.
create table people_invitation (
  id uuid primary key,
  agency uuid not null,
  person uuid not null,
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  made_at timestamptz not null,
  -- Null: made at the founding.
  made_by uuid,
  ends_at timestamptz not null,
  used_at timestamptz,
  withdrawn_at timestamptz,
  foreign key (agency, person) references people_person (agency, id)
);
create unique index people_invitation_open on people_invitation (agency, person)
  where used_at is null and withdrawn_at is null;

-- Failed tries by account name and by address, as digests: neither needs to be known here to make somebody wait.
create table people_tried (
  who bytea primary key check (octet_length(who) = 32),
  failures integer not null,
  last_at timestamptz not null,
  until timestamptz not null
);

do $$
declare
  name text;
begin
  foreach name in array array['people_account', 'people_session', 'people_invitation']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_agency on %I to vidne_app
      using (agency = nullif(current_setting(''app.agency'', true), '''')::uuid)', name);
    execute format('create policy every_agency on %I to vidne_installation using (true)', name);
    execute format('grant select, insert on %I to vidne_app, vidne_installation', name);
  end loop;
end $$;
grant update (closed_at) on people_account to vidne_app, vidne_installation;
grant update (seen_at, ended_at) on people_session to vidne_app, vidne_installation;
grant delete on people_session to vidne_installation;
grant update (used_at, withdrawn_at) on people_invitation to vidne_app, vidne_installation;
grant select, insert, update, delete on people_tried to vidne_installation;
