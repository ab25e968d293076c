-- Named sets of inputs.
CREATE TABLE datasets (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    notes TEXT NOT NULL,
    metadata JSONB,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (app_id, slug)
);
CREATE INDEX datasets_app ON datasets (app_id, id);

-- Which inputs are in which datasets, in the order in which they came; those that came at once in their own. No place is
-- counted, so that many put inputs into one dataset at once and wait for nobody.
CREATE TABLE dataset_inputs (
    dataset_id UUID NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    input_id UUID NOT NULL REFERENCES inputs (id) ON DELETE CASCADE,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (dataset_id, input_id)
);
CREATE INDEX dataset_inputs_order ON dataset_inputs (dataset_id, added_at, input_id);
CREATE INDEX dataset_inputs_input ON dataset_inputs (input_id, dataset_id);

-- Datasets as they were at one moment. They outlive what they were made from: a version belongs to the name of its
-- dataset, whether that is still there or not.
CREATE TABLE dataset_versions (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    dataset TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    metadata JSONB,
    inputs BIGINT NOT NULL,
    unlabelled BIGINT NOT NULL,
    train BIGINT,
    valid BIGINT,
    test BIGINT,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (app_id, dataset, slug)
);
CREATE INDEX dataset_versions_dataset ON dataset_versions (app_id, dataset, id);

-- What versions hold, copied when they were made: inputs, and what was said of them. Bytes and texts are not copied, so
-- that whoever deletes an input deletes what it holds; its hash stays.
CREATE TABLE dataset_version_inputs (
    version_id UUID NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    input_id UUID NOT NULL,
    slug TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'text')),
    media_type TEXT,
    width BIGINT,
    height BIGINT,
    size BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    metadata JSONB,
    said JSONB NOT NULL,
    part TEXT CHECK (part IN ('train', 'valid', 'test')),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (version_id, position)
);
