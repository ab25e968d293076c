-- What watches a source and gathers a sampled share of its inputs, with the rights that its creator has at that moment:
-- through the key with which they made it, or else as themselves.
CREATE TABLE collectors (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('uploads', 'predictions')),
    model TEXT,
    model_version TEXT,
    caller_id BLOB REFERENCES users (id),
    share INTEGER NOT NULL CHECK (share >= 1 AND share <= 1000000),
    per_hour INTEGER CHECK (per_hour > 0),
    in_total INTEGER CHECK (in_total > 0),
    state TEXT NOT NULL CHECK (state IN ('gathering', 'paused', 'stopped')),
    reason TEXT,
    taken INTEGER NOT NULL,
    taken_hour INTEGER NOT NULL,
    taken_in_hour INTEGER NOT NULL,
    taken_at INTEGER,
    created_by BLOB NOT NULL REFERENCES users (id),
    key_id BLOB REFERENCES keys (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (app_id, slug),
    CHECK ((source = 'predictions') = (model IS NOT NULL)),
    CHECK ((state = 'stopped') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX collectors_watching ON collectors (app_id, model) WHERE source = 'predictions';
