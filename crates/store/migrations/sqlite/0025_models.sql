-- The models of apps, which are trained there, and how each is trained next.
CREATE TABLE models (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    notes TEXT NOT NULL,
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (app_id, slug)
) STRICT;
CREATE INDEX models_app ON models (app_id, id);

-- Their versions, each of which is one training: by whom, how, and how far it is. It asks whether they may by what they
-- showed when they began. Whoever is at it says so again and again; who does not, has left it to others.
CREATE TABLE model_versions (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    model_id BLOB NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id),
    shown TEXT NOT NULL CHECK (shown IN ('key', 'session')),
    shown_hash BLOB NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    description TEXT NOT NULL,
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    state TEXT NOT NULL CHECK (state IN ('pending', 'training', 'trained', 'failed', 'cancelled')),
    phase TEXT NOT NULL CHECK (phase IN ('waiting', 'reading', 'embedding', 'judging', 'learning')),
    progress REAL NOT NULL,
    fault TEXT,
    why TEXT NOT NULL,
    -- What it knows, and how good it is in a few figures.
    result TEXT CHECK (json_valid(result)),
    runs INTEGER NOT NULL,
    left_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX model_versions_model ON model_versions (model_id, id);
CREATE INDEX model_versions_left ON model_versions (state, left_at);

-- What trainings came to: all figures, and what predicts.
CREATE TABLE model_results (
    version_id BLOB PRIMARY KEY REFERENCES model_versions (id) ON DELETE CASCADE,
    evaluation TEXT NOT NULL CHECK (json_valid(evaluation)),
    weights BLOB NOT NULL
) STRICT;

-- What is expected of them: see `0020_sizes`.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('models', 'models_app', '10000 10 1'),
    ('model_versions', 'model_versions_model', '100000 10 1'),
    ('model_versions', 'model_versions_left', '100000 20000 10');
ANALYZE sqlite_schema;
