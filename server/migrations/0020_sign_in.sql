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

-- Codes of a second factor that were accepted: each counts once.
create table people_code_used (
  identity text not null,
  code bytea not null check (octet_length(code) = 32),
  at timestamptz not null,
  primary key (identity, code)
);
grant select, insert, delete on people_code_used to vidne_installation;

-- What the sign-in library keeps, as its own getMigrations() wants it (but for defaults of times); a test compares. It knows identities and what proves
-- them, and no agency: only the installation reads it.
create table people_identity ("id" text not null primary key, "name" text not null, "email" text not null unique,
  "emailVerified" boolean not null, "image" text, "createdAt" timestamptz not null,
  "updatedAt" timestamptz not null, "twoFactorEnabled" boolean);
create table people_identity_session ("id" text not null primary key, "expiresAt" timestamptz not null,
  "token" text not null unique, "createdAt" timestamptz not null,
  "updatedAt" timestamptz not null, "ipAddress" text, "userAgent" text,
  "userId" text not null references people_identity ("id") on delete cascade);
create table people_identity_account ("id" text not null primary key, "accountId" text not null,
  "providerId" text not null, "userId" text not null references people_identity ("id") on delete cascade,
  "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz, "scope" text, "password" text,
  "createdAt" timestamptz not null, "updatedAt" timestamptz not null);
create table people_identity_verification ("id" text not null primary key, "identifier" text not null,
  "value" text not null, "expiresAt" timestamptz not null, "createdAt" timestamptz not null,
  "updatedAt" timestamptz not null);
create table people_identity_code ("id" text not null primary key, "secret" text not null, "backupCodes" text not null,
  "userId" text not null references people_identity ("id") on delete cascade, "verified" boolean,
  "failedVerificationCount" integer, "lockedUntil" timestamptz);
create table people_identity_passkey ("id" text not null primary key, "name" text, "publicKey" text not null,
  "userId" text not null references people_identity ("id") on delete cascade, "credentialID" text not null,
  "counter" integer not null, "deviceType" text not null, "backedUp" boolean not null, "transports" text,
  "createdAt" timestamptz, "aaguid" text);
create index "people_identity_session_userId_idx" on people_identity_session ("userId");
create index "people_identity_account_userId_idx" on people_identity_account ("userId");
create index "people_identity_verification_identifier_idx" on people_identity_verification ("identifier");
create index "people_identity_code_secret_idx" on people_identity_code ("secret");
create index "people_identity_code_userId_idx" on people_identity_code ("userId");
create index "people_identity_passkey_userId_idx" on people_identity_passkey ("userId");
create index "people_identity_passkey_credentialID_idx" on people_identity_passkey ("credentialID");
grant select, insert, update, delete on people_identity, people_identity_session, people_identity_account,
  people_identity_verification, people_identity_code, people_identity_passkey to vidne_installation;
