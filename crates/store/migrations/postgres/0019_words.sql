-- The index of words, now of all inputs: what is known of how often words occur is not used of an index of some, and neither
-- beginning with a word that few texts have nor going through texts of which all have it was then found to be quick.
DROP INDEX input_words;
CREATE INDEX input_words ON inputs USING gin (to_tsvector('simple',
    translate(left(body, 200000), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ')
));
