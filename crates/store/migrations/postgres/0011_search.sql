-- Which concepts an annotation names, now with the input of which it says so: those in which a concept is are found in
-- the order of the inputs, without a look at any annotation.
ALTER TABLE annotation_concepts ADD COLUMN input_id UUID;
UPDATE annotation_concepts c SET input_id = a.input_id FROM annotations a WHERE a.id = c.annotation_id;
ALTER TABLE annotation_concepts ALTER COLUMN input_id SET NOT NULL;
DROP INDEX annotation_concepts_concept;
CREATE INDEX annotation_concepts_concept ON annotation_concepts (app_id, concept, input_id, value);

-- What somebody said of inputs, in the order of these.
CREATE INDEX annotations_author ON annotations (app_id, user_id, input_id);

-- The words of texts. Signs become spaces, or some of them would join words to a path or an address; and no more is
-- looked through than always fits into one entry.
CREATE INDEX input_words ON inputs USING gin (to_tsvector('simple',
    translate(left(body, 200000), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ')
)) WHERE body IS NOT NULL;

-- Searches that are kept: what they ask for, as the text of a filter.
CREATE TABLE searches (
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    subject TEXT NOT NULL CHECK (subject IN ('inputs', 'annotations')),
    filter TEXT NOT NULL,
    oldest_first BOOLEAN NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, slug)
);
