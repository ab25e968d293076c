-- What watches a source and gathers a sampled share of its inputs, with the rights that its creator has at that moment:
-- through the key with which they made it, or else as themselves.
CREATE TABLE collectors (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('uploads', 'predictions')),
    model TEXT,
    model_version TEXT,
    caller_id UUID REFERENCES users (id),
    share BIGINT NOT NULL CHECK (share >= 1 AND share <= 1000000),
    per_hour BIGINT CHECK (per_hour > 0),
    in_total BIGINT CHECK (in_total > 0),
    state TEXT NOT NULL CHECK (state IN ('gathering', 'paused', 'stopped')),
    reason TEXT,
    taken BIGINT NOT NULL,
    taken_hour BIGINT NOT NULL,
    taken_in_hour BIGINT NOT NULL,
    taken_at BIGINT,
    created_by UUID NOT NULL REFERENCES users (id),
    key_id UUID REFERENCES keys (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (app_id, slug),
    CHECK ((source = 'predictions') = (model IS NOT NULL)),
    CHECK ((state = 'stopped') = (reason IS NOT NULL))
);
CREATE INDEX collectors_watching ON collectors (app_id, model) WHERE source = 'predictions';
