-- What is done to many inputs at once may be that they are added to a task, and what was said of them is kept as it stood
-- before a concept was taken out of it, so that it can be put back. A check can only be changed with its table.
CREATE TABLE new_batches (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    shown TEXT NOT NULL CHECK (shown IN ('key', 'session')),
    shown_hash BLOB NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('say', 'deny', 'unsay', 'put', 'assign', 'delete')),
    subject TEXT NOT NULL,
    filter TEXT,
    last_input BLOB,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'stopped', 'undoing', 'undone')),
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    same INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    undone INTEGER NOT NULL,
    why TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
INSERT INTO new_batches SELECT * FROM batches;

CREATE TABLE new_batch_items (
    batch_id BLOB NOT NULL REFERENCES new_batches (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'same', 'failed', 'undone', 'stays')),
    annotation TEXT,
    earlier REAL,
    why TEXT NOT NULL,
    taken TEXT CHECK (json_valid(taken)),
    PRIMARY KEY (batch_id, position)
) STRICT;
INSERT INTO new_batch_items SELECT *, NULL FROM batch_items;

-- In this order: deleting a batch deletes its items.
DROP TABLE batch_items;
DROP TABLE batches;
ALTER TABLE new_batches RENAME TO batches;
ALTER TABLE new_batch_items RENAME TO batch_items;
CREATE INDEX batches_of_person ON batches (app_id, user_id, id);
CREATE INDEX batches_state ON batches (state, changed_at);
CREATE INDEX batch_items_state ON batch_items (batch_id, state, position);
