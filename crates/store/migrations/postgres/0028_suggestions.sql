-- Which model helps in a task, from which probability on it suggests a concept, and in which order inputs come. What it says
-- of them is told beside requests: by which version that is, up to which change of what inputs are like, and until when
-- whoever tells it has it for themselves.
CREATE TABLE task_helpers (
    task_id UUID PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    app_id UUID NOT NULL REFERENCES apps (id),
    model_id UUID NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    from_value DOUBLE PRECISION NOT NULL,
    queue TEXT NOT NULL CHECK (queue IN ('in_turn', 'least_certain')),
    told_by UUID REFERENCES model_versions (id) ON DELETE SET NULL,
    told_to BIGINT NOT NULL,
    left_at BIGINT NOT NULL
);
CREATE INDEX task_helpers_model ON task_helpers (model_id);
CREATE INDEX task_helpers_version ON task_helpers (told_by) WHERE told_by IS NOT NULL;

-- What the model says of an input of the task: the probability of each of its concepts, and how uncertain it is.
CREATE TABLE suggestions (
    task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    input_id UUID NOT NULL REFERENCES inputs (id) ON DELETE CASCADE,
    app_id UUID NOT NULL,
    version_id UUID NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
    found JSONB NOT NULL,
    uncertainty DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (task_id, input_id)
);
CREATE INDEX suggestions_input ON suggestions (input_id);
CREATE INDEX suggestions_version ON suggestions (version_id);

-- Which version suggested something before it was said, and whether it was said so.
ALTER TABLE annotations ADD COLUMN suggested_by UUID REFERENCES model_versions (id) ON DELETE SET NULL;
ALTER TABLE annotations ADD COLUMN took TEXT CHECK (took IN ('accepted', 'corrected'));
CREATE INDEX annotations_suggested ON annotations (suggested_by) WHERE suggested_by IS NOT NULL;

-- The larger, the sooner it comes: how uncertain the model is, where that decides.
ALTER TABLE assignments ADD COLUMN urgency DOUBLE PRECISION NOT NULL DEFAULT 0;
DROP INDEX assignments_pool;
DROP INDEX assignments_worker;
CREATE INDEX assignments_pool ON assignments (task_id, urgency DESC, position) WHERE worker_id IS NULL;
CREATE INDEX assignments_worker ON assignments (task_id, worker_id, state, urgency DESC, position);

-- Without a helper, inputs come in the order of the task.
CREATE FUNCTION forget_urgency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE assignments SET urgency = 0 WHERE task_id = OLD.task_id AND urgency <> 0;
    RETURN NULL;
END;
$$;
CREATE TRIGGER helpers_are_deleted AFTER DELETE ON task_helpers
FOR EACH ROW EXECUTE FUNCTION forget_urgency();
