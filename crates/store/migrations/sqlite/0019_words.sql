-- Words, now under a number that follows the order of the inputs: the moment from the input's identifier, in microseconds
-- since 2020, and the place of the input in its request, of which there is room for 4,096. So the newest texts that have a
-- word are found first, and no more of them are looked at than are wanted. Where two requests of one microsecond want the
-- same number, the second has the next that is free.
DROP TRIGGER input_words_are_added;
DROP TRIGGER input_words_are_deleted;
DROP TABLE input_words;
DROP TABLE input_words_places;
CREATE TABLE input_words_places (
    place INTEGER PRIMARY KEY,
    app_id BLOB NOT NULL,
    input_id BLOB NOT NULL UNIQUE
) STRICT;
CREATE VIRTUAL TABLE input_words USING fts5 (
    body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);

-- Hexadecimal digits are read as JSON5 reads them. Each number is above the one before.
INSERT INTO input_words_places (place, app_id, input_id)
    SELECT max(place - turn) OVER (ORDER BY id) + turn, app_id, id FROM (
        SELECT ((json_extract('0x' || substr(hex(id), 1, 12), '$') - 1577836800000) * 1000
            + json_extract('0x' || substr(hex(id), 14, 3), '$')) * 4096
            + min(json_extract('0x' || substr(hex(id), 17, 4), '$') & 16383, 4095) AS place,
            row_number() OVER (ORDER BY id) AS turn, app_id, id
        FROM inputs WHERE body IS NOT NULL
    );
INSERT INTO input_words (rowid, body)
    SELECT p.place, substr(i.body, 1, 200000) FROM input_words_places p JOIN inputs i ON i.id = p.input_id
    ORDER BY p.place;

CREATE TRIGGER input_words_are_added AFTER INSERT ON inputs WHEN NEW.body IS NOT NULL
BEGIN
    INSERT INTO input_words_places (place, app_id, input_id)
        SELECT CASE WHEN EXISTS (SELECT 1 FROM input_words_places t WHERE t.place = wanted.place) THEN (
            SELECT min(t.place) + 1 FROM input_words_places t WHERE t.place >= wanted.place
            AND NOT EXISTS (SELECT 1 FROM input_words_places n WHERE n.place = t.place + 1)
        ) ELSE wanted.place END, NEW.app_id, NEW.id FROM (
            SELECT ((json_extract('0x' || substr(hex(NEW.id), 1, 12), '$') - 1577836800000) * 1000
            + json_extract('0x' || substr(hex(NEW.id), 14, 3), '$')) * 4096
            + min(json_extract('0x' || substr(hex(NEW.id), 17, 4), '$') & 16383, 4095) AS place
        ) wanted;
    INSERT INTO input_words (rowid, body)
        SELECT place, substr(NEW.body, 1, 200000) FROM input_words_places WHERE input_id = NEW.id;
END;
CREATE TRIGGER input_words_are_deleted BEFORE DELETE ON inputs WHEN OLD.body IS NOT NULL
BEGIN
    DELETE FROM input_words WHERE rowid = (SELECT place FROM input_words_places WHERE input_id = OLD.id);
    DELETE FROM input_words_places WHERE input_id = OLD.id;
END;
