-- A case's own texts (number, title, notes, tasks, who was on it, what its exhibits were called) have an end: the policy's time of the
-- log after it was closed, and not while footage of an exhibit is kept. What stays counts, and names nobody.
alter table review_case add column closed_at timestamptz;
alter table review_case add column ended_at timestamptz;
update review_case set closed_at = changed_at where state = 'closed';
alter table review_case add check ((state = 'closed') = (closed_at is not null));
alter table review_case add check (ended_at is null or (state = 'closed' and number = '' and title = '' and summary = ''));
grant update (closed_at) on review_case to vidne_app;
grant update (number, number_key, title, summary, opened_by, changed_by, ended_at) on review_case to vidne_installation;
grant update (reference, added_by) on review_exhibit to vidne_installation;
create index review_case_closed on review_case (agency, closed_at) where closed_at is not null and ended_at is null;
