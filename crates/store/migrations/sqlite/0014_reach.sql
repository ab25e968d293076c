-- Which inputs access is about: all, or those that tasks gave to whoever has it.
ALTER TABLE grants ADD COLUMN reach TEXT NOT NULL DEFAULT 'everything' CHECK (reach IN ('everything', 'assigned'));
ALTER TABLE keys ADD COLUMN reach TEXT NOT NULL DEFAULT 'everything' CHECK (reach IN ('everything', 'assigned'));

-- What tasks gave to somebody, whatever the task.
CREATE INDEX assignments_person ON assignments (app_id, worker_id, input_id) WHERE worker_id IS NOT NULL;
