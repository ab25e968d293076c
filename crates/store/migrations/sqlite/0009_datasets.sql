-- Named sets of inputs.
CREATE TABLE datasets (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    notes TEXT NOT NULL,
    metadata TEXT CHECK (json_valid(metadata)),
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (app_id, slug)
) STRICT;
CREATE INDEX datasets_app ON datasets (app_id, id);

-- Which inputs are in which datasets, in the order in which they came; those that came at once in their own. No place is
-- counted, so that many put inputs into one dataset at once and wait for nobody.
CREATE TABLE dataset_inputs (
    dataset_id BLOB NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    input_id BLOB NOT NULL REFERENCES inputs (id) ON DELETE CASCADE,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (dataset_id, input_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dataset_inputs_order ON dataset_inputs (dataset_id, added_at, input_id);
CREATE INDEX dataset_inputs_input ON dataset_inputs (input_id, dataset_id);

-- Datasets as they were at one moment. They outlive what they were made from: a version belongs to the name of its
-- dataset, whether that is still there or not.
CREATE TABLE dataset_versions (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    dataset TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    metadata TEXT CHECK (json_valid(metadata)),
    inputs INTEGER NOT NULL,
    unlabelled INTEGER NOT NULL,
    train INTEGER,
    valid INTEGER,
    test INTEGER,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (app_id, dataset, slug)
) STRICT;
CREATE INDEX dataset_versions_dataset ON dataset_versions (app_id, dataset, id);

-- What versions hold, copied when they were made: inputs, and what was said of them. Bytes and texts are not copied, so
-- that whoever deletes an input deletes what it holds; its hash stays.
CREATE TABLE dataset_version_inputs (
    version_id BLOB NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    input_id BLOB NOT NULL,
    slug TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'text')),
    media_type TEXT,
    width INTEGER,
    height INTEGER,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    metadata TEXT CHECK (json_valid(metadata)),
    said TEXT NOT NULL CHECK (json_valid(said)),
    part TEXT CHECK (part IN ('train', 'valid', 'test')),
    added_at INTEGER NOT NULL,
    PRIMARY KEY (version_id, position)
) STRICT;
