-- From which inputs versions of models learned. What a version learned from stays so: an input that is deleted is left out
-- when they are listed, and its row goes with the version.
CREATE TABLE model_inputs (
    version_id BLOB NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
    input_id BLOB NOT NULL,
    PRIMARY KEY (version_id, input_id)
) STRICT, WITHOUT ROWID;

-- What is expected of them: see `0020_sizes`.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('model_inputs', 'sqlite_autoindex_model_inputs_1', '1000000 10000 1');
ANALYZE sqlite_schema;

-- What a version of a filter lets through: it is made with its model, and learns nothing.
ALTER TABLE model_versions ADD COLUMN filter TEXT CHECK (json_valid(filter));
