-- The list of recordings: its orders and filters by index, the words it is searched by, and which operation a recording belongs to.

-- The list's time is the camera's word where there is one, else when it was received. Written as a case: PostgreSQL takes a coalesce
-- for something that could tell of other agencies' rows, and uses no index for a comparison with it under row-level security.
create index dock_recording_at on dock_recording (agency, (case when recorded_at is null then received_at else recorded_at end) desc, id desc);
create index dock_recording_of_camera on dock_recording (agency, camera, (case when recorded_at is null then received_at else recorded_at end) desc, id desc)
  where camera is not null;
drop index dock_recording_worn;
create index dock_recording_worn on dock_recording (agency, wearer_key, (case when recorded_at is null then received_at else recorded_at end) desc, id desc)
  where wearer_key is not null;
create index dock_fact_place on dock_fact (agency, recording) where name = 'place';
create index keep_deadline_rule on keep_deadline (agency, rule, recording);
create index keep_deadline_life on keep_deadline (agency, state, recording) where state <> 'kept';
create index keep_category_rule on keep_category (agency, rule, recording) where until is null;

-- For later stages: the categories that stand, and what goes by itself, unless somebody stops it.
create view keep_v_category with (security_invoker = true) as
  select recording, agency, rule, since, case_number from keep_category where until is null;
create view keep_v_going with (security_invoker = true) as
  select d.recording, d.agency, d.rule, d.delete_after
  from keep_deadline d
  where d.state in ('kept', 'due') and d.delete_after is not null
    and not exists (select from keep_hold h where h.recording = d.recording and h.state <> 'released');
create view keep_v_held with (security_invoker = true) as
  select recording, agency, kind from keep_hold where state <> 'released';
grant select on keep_v_category, keep_v_going, keep_v_held to vidne_app, vidne_installation;

-- Events that no signed checkpoint covers yet; few at any time. index: above every one, where the event has no place yet.
create view seal_v_unsealed as
  select label, 9223372036854775807 as index from history_pending where label is not null
  union all
  select leaf.label, leaf.index
  from seal_leaf leaf
  join seal_log log on log.log = leaf.log and log.retired_at is null and leaf.index >= log.signed_size
  where leaf.label is not null;
grant select on seal_v_unsealed to vidne_app, vidne_installation;

-- Which operations a recording was made in: those whose hours it touches, with its wearer or its camera taking part. It goes with
-- the footage.
create table record_made_in (
  recording uuid not null,
  operation uuid not null references record_operation (id),
  agency uuid not null,
  primary key (recording, operation)
);
create index record_made_in_of on record_made_in (agency, operation);
create index record_participant_by_wearer on record_participant (agency, wearer_key);
create index record_participant_by_camera on record_participant (agency, camera);

insert into record_made_in (recording, operation, agency)
  select distinct c.recording, o.id, c.agency
  from record_capture c
  join record_participant p on p.agency = c.agency and (p.wearer_key = c.wearer_key or p.camera = c.camera)
  join record_operation o on o.id = p.operation
  where c.erased_at is null
    and coalesce(c.started_at, c.ended_at) <= o.until_at + interval '10 minutes'
    and coalesce(c.ended_at, c.started_at) >= o.from_at - interval '10 minutes';

create view record_v_made_in with (security_invoker = true) as
  select recording, agency, operation from record_made_in;
create view record_v_operation with (security_invoker = true) as
  select id, agency, title, unit, from_at, until_at from record_operation;
create view record_v_duty with (security_invoker = true) as
  select p.agency, p.wearer, p.wearer_key, p.camera, o.id as operation, o.title, o.from_at, o.until_at
  from record_participant p join record_operation o on o.id = p.operation;
grant select on record_v_made_in, record_v_operation, record_v_duty to vidne_app, vidne_installation;

-- The words a recording is found by. A row a word: row-level security lets an index be used only for what cannot tell of other
-- agencies' rows, and that is a comparison of texts, not a search in a tsvector. written: by people, for those who may read it.
create table review_word (
  agency uuid not null,
  word text collate "C" not null,
  recording uuid not null,
  source text not null,
  written boolean not null,
  primary key (agency, word, recording, source)
);
create index review_word_of on review_word (recording, source);

insert into review_word (agency, word, recording, source, written)
  select distinct r.agency, w.word, r.id, 'file', false
  from dock_recording r,
    (values ('[^[:alnum:]]+'), ('[^[:alnum:]._''-]+')) as between (words),
    regexp_split_to_table(lower(concat_ws(' ', regexp_replace(r.path, '\.[^./]*$', ''), r.camera, r.wearer)), between.words)
      as w (word)
  where r.erased_at is null and length(w.word) between 2 and 100 and w.word <> 'dcim';

do $$
declare
  name text;
begin
  foreach name in array array['record_made_in', 'review_word']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_agency on %I to vidne_app
      using (agency = nullif(current_setting(''app.agency'', true), '''')::uuid)', name);
    execute format('create policy every_agency on %I to vidne_installation using (true)', name);
    execute format('grant select, insert, delete on %I to vidne_app, vidne_installation', name);
  end loop;
end $$;
