-- Where the inputs of a version were made, as it was known when the version was made. Versions that are older than this say
-- nothing of it: what was known then is not known any more.
ALTER TABLE dataset_version_inputs ADD COLUMN latitude DOUBLE PRECISION;
ALTER TABLE dataset_version_inputs ADD COLUMN longitude DOUBLE PRECISION;
