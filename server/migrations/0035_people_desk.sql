-- When a token was last used, to the minute: one that nobody uses any more is told from one that is.
alter table people_token add column last_used_at timestamptz;
grant update (last_used_at) on people_token to vidne_app, vidne_installation;

-- A unit can be renamed, and ends: nobody is put into it any more, and what was recorded in it stays with it.
alter table people_unit add column ended_at timestamptz;
grant update (name, name_key, ended_at) on people_unit to vidne_app, vidne_installation;
