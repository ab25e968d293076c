-- The words of texts are kept beside them instead of only in the index: whoever goes through texts in the order of the
-- inputs, because many have what is looked for, no longer takes each of them apart again.
ALTER TABLE inputs ADD COLUMN words TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple',
    translate(left(body, 200000), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ')
)) STORED;
DROP INDEX input_words;
CREATE INDEX input_words ON inputs USING gin (words);
