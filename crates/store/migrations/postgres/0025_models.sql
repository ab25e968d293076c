-- The models of apps, which are trained there, and how each is trained next.
CREATE TABLE models (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    notes TEXT NOT NULL,
    settings JSONB NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (app_id, slug)
);
CREATE INDEX models_app ON models (app_id, id);

-- Their versions, each of which is one training: by whom, how, and how far it is. It asks whether they may by what they
-- showed when they began. Whoever is at it says so again and again; who does not, has left it to others.
CREATE TABLE model_versions (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    model_id UUID NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id),
    shown TEXT NOT NULL CHECK (shown IN ('key', 'session')),
    shown_hash BYTEA NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    description TEXT NOT NULL,
    settings JSONB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'training', 'trained', 'failed', 'cancelled')),
    phase TEXT NOT NULL CHECK (phase IN ('waiting', 'reading', 'embedding', 'judging', 'learning')),
    progress DOUBLE PRECISION NOT NULL,
    fault TEXT,
    why TEXT NOT NULL,
    -- What it knows, and how good it is in a few figures.
    result JSONB,
    runs BIGINT NOT NULL,
    left_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE INDEX model_versions_model ON model_versions (model_id, id);
CREATE INDEX model_versions_left ON model_versions (state, left_at);

-- What trainings came to: all figures, and what predicts.
CREATE TABLE model_results (
    version_id UUID PRIMARY KEY REFERENCES model_versions (id) ON DELETE CASCADE,
    evaluation JSONB NOT NULL,
    weights BYTEA NOT NULL
);
