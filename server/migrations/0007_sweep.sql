-- For the sweep that compares what lies there with what is known: the objects of each recording's parts, and names that an upload
-- has reserved and may or may not have written.
create view dock_v_part with (security_invoker = true) as
  select agency, recording, object from dock_part;
create view dock_v_reserved with (security_invoker = true) as
  select u.agency, name as object from dock_upload u cross join lateral jsonb_array_elements_text(u.reserved) as name;
grant select on dock_v_part, dock_v_reserved to vidne_app, vidne_installation;
