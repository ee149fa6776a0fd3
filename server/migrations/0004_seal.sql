-- The transparency log: what the sequencer has numbered, and what has been signed.

-- One row a log of this installation. A log is retired when its database had to be restored from before what it had
-- signed; the next one names its last checkpoint. signed_*: the last private checkpoint, as the database knows it.
create table seal_log (
  log integer primary key check (log >= 1),
  origin text not null unique,
  opened_at timestamptz not null,
  retired_at timestamptz,
  signed_size bigint not null default 0 check (signed_size >= 0),
  signed_note text,
  signed_at timestamptz
);
create unique index seal_log_in_use on seal_log ((true)) where retired_at is null;

-- Every leaf with its place, durable before any tile holds it. Fillers look like events here too.
create table seal_leaf (
  log integer not null,
  index bigint not null check (index >= 0),
  leaf bytea not null,
  label bytea check (octet_length(label) = 32),
  at timestamptz not null,
  primary key (log, index),
  unique (log, label)
);
-- To find a public statement (0x04) or a map root (0x02) among the events.
create index seal_leaf_in_words on seal_leaf (log, index) where label is null;

create trigger seal_leaf_append_only before update or delete on seal_leaf
  for each row execute function refuse_change();
create trigger seal_leaf_no_truncate before truncate on seal_leaf execute function refuse_change();
create trigger seal_log_no_delete before delete on seal_log for each row execute function refuse_change();
create trigger seal_log_no_truncate before truncate on seal_log execute function refuse_change();

-- The latest public checkpoints, each with the cosignatures it has gathered.
create table seal_public (
  log integer not null,
  size bigint not null check (size > 0),
  note text not null,
  at timestamptz not null,
  primary key (log, size)
);

-- For later stages: which events a signed checkpoint covers, and since when they have their place.
create view seal_v_sealed as
  select leaf.label, leaf.index, leaf.at
  from seal_leaf leaf
  join seal_log log on log.log = leaf.log and log.retired_at is null and leaf.index < log.signed_size
  where leaf.label is not null;

grant select on seal_v_sealed to vidne_app, vidne_installation;
grant select, insert on seal_leaf to vidne_installation;
grant select, insert on seal_log to vidne_installation;
grant update (retired_at, signed_size, signed_note, signed_at) on seal_log to vidne_installation;
grant select, insert, update, delete on seal_public to vidne_installation;
