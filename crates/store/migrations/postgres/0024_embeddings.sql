-- What inputs are like, as a public model sees them: numbers by which those that are alike are found, and from which
-- concepts are learned. Which model it was is told by its version, since the numbers of two have nothing in common.
--
-- Each change has a number within its app, in the order of commits, so that whoever keeps all of them in memory asks for
-- what came since; what an input was like that went stays as such a change, without its vector.
CREATE TABLE embedding_changes (
    app_id UUID PRIMARY KEY REFERENCES apps (id),
    last BIGINT NOT NULL
);
CREATE TABLE embeddings (
    input_id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    kind TEXT NOT NULL,
    model TEXT NOT NULL,
    -- In half precision, two bytes a number, the lower first.
    vector BYTEA,
    -- Of a picture: what it is about, as a text would say it, so that it is found by a sentence. Of a text the vector says it.
    meaning BYTEA,
    change BIGINT NOT NULL
);
CREATE INDEX embeddings_change ON embeddings (app_id, kind, change);

-- The inputs that wait to be embedded, each until it is or was tried in vain too often.
CREATE TABLE embedding_queue (
    input_id UUID PRIMARY KEY REFERENCES inputs (id) ON DELETE CASCADE,
    app_id UUID NOT NULL REFERENCES apps (id),
    -- Before that, nobody takes it: somebody is at it, or it is to be tried again later.
    due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    -- Why it could not be done the last time.
    why TEXT
);
CREATE INDEX embedding_queue_due ON embedding_queue (due_at, input_id);
CREATE INDEX embedding_queue_app ON embedding_queue (app_id, due_at);

CREATE FUNCTION forget_embeddings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE embedding_changes SET last = last + 1 WHERE app_id IN (
        SELECT e.app_id FROM embeddings e JOIN those_before b ON b.id = e.input_id
    );
    UPDATE embeddings e SET vector = NULL, meaning = NULL, change = c.last FROM embedding_changes c, those_before b
    WHERE e.input_id = b.id AND c.app_id = e.app_id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER embedded_inputs_are_deleted AFTER DELETE ON inputs
REFERENCING OLD TABLE AS those_before FOR EACH STATEMENT EXECUTE FUNCTION forget_embeddings();

INSERT INTO embedding_queue (input_id, app_id, due_at, tries) SELECT id, app_id, created_at, 0 FROM inputs;
