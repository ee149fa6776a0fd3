-- What leaves the house, and who agreed to it.

-- One agreement of a second person is good for one export, of exactly what was asked for: `wish` is SHA-256 over asker, purpose,
-- case and recipient.
create table share_agreement (
  approval uuid primary key,
  agency uuid not null,
  recording uuid not null,
  wish bytea not null check (octet_length(wish) = 32),
  agreed_at timestamptz not null,
  used_at timestamptz
);
create index share_agreement_open on share_agreement (recording, wish) where used_at is null;

alter table share_agreement enable row level security;
alter table share_agreement force row level security;
create policy own_agency on share_agreement to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on share_agreement to vidne_installation using (true);
grant select, insert on share_agreement to vidne_app;
grant update (used_at) on share_agreement to vidne_app;
grant select, delete on share_agreement to vidne_installation;
