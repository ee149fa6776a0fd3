-- Recordings are found by where their cameras went: first by what a track lies within.
create index dock_fact_track_area on dock_fact (agency, recording) where name = 'track-area';
