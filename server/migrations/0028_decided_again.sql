-- What was reported may be decided about once more: when a second person agrees to an override, or when the camera turns out to be one
-- of a unit with rules of its own. The first verdict stays where it is; the newest row here is the one that holds. No words of anybody.
create table record_decided_again (
  situation uuid not null references record_situation (id),
  ord int not null check (ord >= 0),
  agency uuid not null,
  at timestamptz not null,
  policy bytea check (octet_length(policy) = 32),
  verdict text not null check (verdict in ('must', 'may', 'must-not', 'must-stop')),
  decided jsonb not null,
  primary key (situation, ord)
);
alter table record_decided_again enable row level security;
alter table record_decided_again force row level security;
create policy own_agency on record_decided_again to vidne_app
  using (agency = nullif(current_setting('app.agency', true), '')::uuid);
create policy every_agency on record_decided_again to vidne_installation using (true);
grant select, insert on record_decided_again to vidne_app, vidne_installation;
