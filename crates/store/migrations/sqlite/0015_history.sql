-- Who changed an annotation last; nobody, as long as it stands as its author said it.
ALTER TABLE annotations ADD COLUMN changed_by BLOB REFERENCES users (id);

-- How annotations stood before they were changed, from 1. What was never changed has no row here.
CREATE TABLE annotation_history (
    annotation_id BLOB NOT NULL REFERENCES annotations (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    data TEXT NOT NULL CHECK (json_valid(data)),
    status INTEGER NOT NULL,
    changed_by BLOB NOT NULL REFERENCES users (id),
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (annotation_id, version)
) STRICT;
