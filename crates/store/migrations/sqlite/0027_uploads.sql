-- Whether what predicts of a model is uploaded, or learned here from what is said of inputs.
ALTER TABLE models ADD COLUMN is_uploaded INTEGER NOT NULL DEFAULT 0 CHECK (is_uploaded IN (0, 1));

-- The files of versions that were uploaded: where the bytes are, and what was found out about them.
CREATE TABLE model_files (
    version_id BLOB PRIMARY KEY REFERENCES model_versions (id) ON DELETE CASCADE,
    object_key TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    told TEXT NOT NULL CHECK (json_valid(told))
) STRICT;
