-- Where an input was made, in degrees, and the vector of length 1 that points there from the middle of the earth: how
-- far places lie from one another is told by sums and products of it, which both databases compute alike.
ALTER TABLE inputs ADD COLUMN latitude DOUBLE PRECISION;
ALTER TABLE inputs ADD COLUMN longitude DOUBLE PRECISION;
ALTER TABLE inputs ADD COLUMN place_x DOUBLE PRECISION;
ALTER TABLE inputs ADD COLUMN place_y DOUBLE PRECISION;
ALTER TABLE inputs ADD COLUMN place_z DOUBLE PRECISION;
CREATE INDEX inputs_places ON inputs (app_id, latitude, longitude) WHERE latitude IS NOT NULL;
