-- From which inputs versions of models learned. What a version learned from stays so: an input that is deleted is left out
-- when they are listed, and its row goes with the version.
CREATE TABLE model_inputs (
    version_id UUID NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
    input_id UUID NOT NULL,
    PRIMARY KEY (version_id, input_id)
);

-- What a version of a filter lets through: it is made with its model, and learns nothing.
ALTER TABLE model_versions ADD COLUMN filter JSONB;
