-- Who took part in an operation, and what was reported of something that nobody recorded, goes with no footage: it has an end of its own.
-- `ended_at`: when the words went. What stays names nobody.
alter table record_operation add column ended_at timestamptz;
alter table record_participant add column ended_at timestamptz;
alter table record_participant drop constraint record_participant_check;
alter table record_participant add check (wearer_key is not null or camera is not null or ended_at is not null);
grant update (title, ordered_by, ended_at) on record_operation to vidne_installation;
grant update (wearer, wearer_key, camera, ended_at) on record_participant to vidne_installation;

create index record_operation_words on record_operation (agency, until_at) where ended_at is null;
create index record_participant_words on record_participant (agency, operation) where ended_at is null;
create index record_review_alone on record_review (agency, since) where recording is null and erased_at is null;
