-- What inputs are like, as a public model sees them: numbers by which those that are alike are found, and from which
-- concepts are learned. Which model it was is told by its version, since the numbers of two have nothing in common.
--
-- Each change has a number within its app, in the order of commits, so that whoever keeps all of them in memory asks for
-- what came since; what an input was like that went stays as such a change, without its vector.
CREATE TABLE embedding_changes (
    app_id BLOB PRIMARY KEY REFERENCES apps (id),
    last INTEGER NOT NULL
) STRICT;
CREATE TABLE embeddings (
    input_id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    kind TEXT NOT NULL,
    model TEXT NOT NULL,
    -- In half precision, two bytes a number, the lower first.
    vector BLOB,
    -- Of a picture: what it is about, as a text would say it, so that it is found by a sentence. Of a text the vector says it.
    meaning BLOB,
    change INTEGER NOT NULL
) STRICT;
CREATE INDEX embeddings_change ON embeddings (app_id, kind, change);

-- The inputs that wait to be embedded, each until it is or was tried in vain too often.
CREATE TABLE embedding_queue (
    input_id BLOB PRIMARY KEY REFERENCES inputs (id) ON DELETE CASCADE,
    app_id BLOB NOT NULL REFERENCES apps (id),
    -- Before that, nobody takes it: somebody is at it, or it is to be tried again later.
    due_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    -- Why it could not be done the last time.
    why TEXT
) STRICT;
CREATE INDEX embedding_queue_due ON embedding_queue (due_at, input_id);
CREATE INDEX embedding_queue_app ON embedding_queue (app_id, due_at);

CREATE TRIGGER embedded_inputs_are_deleted AFTER DELETE ON inputs
WHEN EXISTS (SELECT 1 FROM embeddings WHERE input_id = OLD.id)
BEGIN
    UPDATE embedding_changes SET last = last + 1 WHERE app_id = OLD.app_id;
    UPDATE embeddings SET vector = NULL, meaning = NULL, change = (SELECT last FROM embedding_changes WHERE app_id = OLD.app_id)
        WHERE input_id = OLD.id;
END;

INSERT INTO embedding_queue (input_id, app_id, due_at, tries) SELECT id, app_id, created_at, 0 FROM inputs;

-- What is expected of them: see `0020_sizes`.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('embeddings', 'embeddings_change', '1000000 100000 100000 1'),
    ('embedding_queue', 'embedding_queue_due', '10000 10 1'),
    ('embedding_queue', 'embedding_queue_app', '10000 1000 10');
ANALYZE sqlite_schema;
