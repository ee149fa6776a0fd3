-- Units have versions of their own: up to which of them their recordings have been reckoned. `scope`: the unit, or the agency itself
-- for its own versions.
alter table keep_reckoned add column scope uuid;
update keep_reckoned set scope = agency;
alter table keep_reckoned alter column scope set not null;
alter table keep_reckoned drop constraint keep_reckoned_pkey;
alter table keep_reckoned add primary key (agency, scope);
