-- Mail that people are sent where the installation has a mail server: where to, and what waits to be sent. It carries no case data.

-- An address of somebody. `confirmed_at` null: whether it is theirs is not known yet; nothing but a code or an invitation goes there.
-- The salt is what the agency's chain, which is never erased, was written with; it goes with the address.
create table people_address (
  id uuid primary key,
  agency uuid not null,
  person uuid not null,
  address text not null check (length(address) between 3 and 254 and address !~ '[[:cntrl:][:space:]<>",;:()]'),
  language text not null check (language in ('en', 'da', 'sv', 'de')),
  salt bytea not null check (octet_length(salt) = 32),
  set_at timestamptz not null,
  confirmed_at timestamptz,
  -- Keyed digest of the code that was sent there last; null: none was.
  code_hash bytea check (octet_length(code_hash) = 32),
  code_ends_at timestamptz,
  code_tries integer not null default 0,
  foreign key (agency, person) references people_person (agency, id),
  check ((code_hash is null) = (code_ends_at is null))
);
create unique index people_address_confirmed on people_address (agency, person) where confirmed_at is not null;
create unique index people_address_offered on people_address (agency, person) where confirmed_at is null;

-- What is to be sent, and what became of it. No words: they are made when it is sent. `secret`: the code or the end of an invitation's
-- link, encrypted under a key that is not in the database, and gone once it was sent. `address` null: it has ended.
create table people_mail (
  id uuid primary key,
  agency uuid not null,
  person uuid not null,
  address uuid references people_address (id),
  kind text not null check (kind in ('approvals', 'invitation', 'code', 'notice')),
  about text check (about in ('account-renewed', 'address-offered', 'passkey-added', 'password-changed',
    'code-changed', 'recovery-codes-made', 'signed-out')),
  secret bytea,
  made_at timestamptz not null,
  -- When it may be tried next; moved on before each try, so that two processes do not try the same.
  next_at timestamptz not null,
  ends_at timestamptz not null,
  tries integer not null default 0,
  state text not null check (state in ('waiting', 'sent', 'refused', 'ended')),
  ended_at timestamptz,
  foreign key (agency, person) references people_person (agency, id),
  check ((kind = 'notice') = (about is not null)),
  check (state = 'waiting' or secret is null)
);
create index people_mail_next on people_mail (next_at) where state = 'waiting';
create index people_mail_of on people_mail (agency, person, kind);
create index people_mail_to on people_mail (address);

-- Who was told that which question waits: nobody is told twice.
create table people_mail_told (
  approval uuid not null references people_approval (id),
  agency uuid not null,
  person uuid not null,
  primary key (approval, person),
  foreign key (agency, person) references people_person (agency, id)
);

do $$
declare
  name text;
begin
  foreach name in array array['people_address', 'people_mail', 'people_mail_told']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_agency on %I to vidne_app
      using (agency = nullif(current_setting(''app.agency'', true), '''')::uuid)', name);
    execute format('create policy every_agency on %I to vidne_installation using (true)', name);
    execute format('grant select, insert, update, delete on %I to vidne_app, vidne_installation', name);
  end loop;
end $$;
