-- A reason that the policy wants within a time, and that came later or not at all, is put before somebody. `reason_by`: until when one is
-- wanted that was not given with the report; `reason_looked_at`: when it was found to be missing.
alter table record_review drop constraint record_review_kind_check;
alter table record_review add constraint record_review_kind_check check (kind in ('missing-recording', 'no-notice', 'override',
  'stage-skipped', 'late-stop', 'no-policy', 'no-legal-basis', 'forbidden', 'to-be-explained', 'late-reason'));
alter table record_situation add column reason_by timestamptz;
alter table record_situation add column reason_looked_at timestamptz;
grant update (reason_by, reason_looked_at) on record_situation to vidne_app, vidne_installation;
create index record_situation_unexplained on record_situation (agency, reason_by)
  where reason_by is not null and explained_at is null and reason_looked_at is null and erased_at is null;
