-- Of a model that another app shares with this one: which it is there. What predicts are that one's versions.
ALTER TABLE models ADD COLUMN shared_from BLOB REFERENCES models (id) ON DELETE CASCADE;
CREATE UNIQUE INDEX models_shared ON models (shared_from, app_id) WHERE shared_from IS NOT NULL;
