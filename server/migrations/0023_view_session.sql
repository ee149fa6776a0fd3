-- A view belongs to the session or token it was opened under: its address does nothing in another one, not even of the same person.
-- Null: opened before this release; such a view ends within the hour.
alter table review_view add column session text;
