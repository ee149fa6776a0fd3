-- A question can be declined by whoever could confirm it, and taken back by whoever asked.
alter table people_approval drop constraint people_approval_state_check;
alter table people_approval add constraint people_approval_state_check
  check (state in ('waiting', 'done', 'refused', 'lapsed', 'declined', 'withdrawn'));

-- Whose word ended it; null: nobody's, it lapsed, or it was ended before this was written down.
alter table people_approval add column answered_by uuid;
alter table people_approval add foreign key (agency, answered_by) references people_person (agency, id);
grant update (answered_by) on people_approval to vidne_app, vidne_installation;

-- What became of one's own questions.
create index people_approval_asked on people_approval (agency, asked_by, asked_at);
