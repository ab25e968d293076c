-- Which concepts an annotation names, now with the input of which it says so: those in which a concept is are found in
-- the order of the inputs, without a look at any annotation.
CREATE TABLE annotation_concepts_of_inputs (
    annotation_id BLOB NOT NULL REFERENCES annotations (id) ON DELETE CASCADE,
    app_id BLOB NOT NULL,
    concept TEXT NOT NULL,
    value REAL NOT NULL,
    input_id BLOB NOT NULL,
    PRIMARY KEY (annotation_id, concept)
) STRICT;
INSERT INTO annotation_concepts_of_inputs (annotation_id, app_id, concept, value, input_id)
    SELECT c.annotation_id, c.app_id, c.concept, c.value, a.input_id
    FROM annotation_concepts c JOIN annotations a ON a.id = c.annotation_id;
DROP TABLE annotation_concepts;
ALTER TABLE annotation_concepts_of_inputs RENAME TO annotation_concepts;
CREATE INDEX annotation_concepts_concept ON annotation_concepts (app_id, concept, input_id, value);

-- What somebody said of inputs, in the order of these.
CREATE INDEX annotations_author ON annotations (app_id, user_id, input_id);

-- The words of texts. SQLite keeps them in tables of its own making, under a whole number for each text; nothing in them
-- is told in a backup, since they are made of the inputs whenever these are added. Texts never change.
CREATE TABLE input_words_places (
    place INTEGER PRIMARY KEY,
    app_id BLOB NOT NULL,
    input_id BLOB NOT NULL UNIQUE
) STRICT;
CREATE VIRTUAL TABLE input_words USING fts5 (
    body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TRIGGER input_words_are_added AFTER INSERT ON inputs WHEN NEW.body IS NOT NULL
BEGIN
    INSERT INTO input_words_places (app_id, input_id) VALUES (NEW.app_id, NEW.id);
    INSERT INTO input_words (rowid, body)
        SELECT place, substr(NEW.body, 1, 200000) FROM input_words_places WHERE input_id = NEW.id;
END;
CREATE TRIGGER input_words_are_deleted BEFORE DELETE ON inputs WHEN OLD.body IS NOT NULL
BEGIN
    DELETE FROM input_words WHERE rowid = (SELECT place FROM input_words_places WHERE input_id = OLD.id);
    DELETE FROM input_words_places WHERE input_id = OLD.id;
END;
INSERT INTO input_words_places (app_id, input_id) SELECT app_id, id FROM inputs WHERE body IS NOT NULL ORDER BY id;
INSERT INTO input_words (rowid, body)
    SELECT p.place, substr(i.body, 1, 200000) FROM input_words_places p JOIN inputs i ON i.id = p.input_id;

-- Searches that are kept: what they ask for, as the text of a filter.
CREATE TABLE searches (
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    subject TEXT NOT NULL CHECK (subject IN ('inputs', 'annotations')),
    filter TEXT NOT NULL,
    oldest_first INTEGER NOT NULL CHECK (oldest_first IN (0, 1)),
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (app_id, slug)
) STRICT;
