-- Whether what predicts of a model is uploaded, or learned here from what is said of inputs.
ALTER TABLE models ADD COLUMN is_uploaded BOOLEAN NOT NULL DEFAULT FALSE;

-- The files of versions that were uploaded: where the bytes are, and what was found out about them.
CREATE TABLE model_files (
    version_id UUID PRIMARY KEY REFERENCES model_versions (id) ON DELETE CASCADE,
    object_key TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    told JSONB NOT NULL
);
