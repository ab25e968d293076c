-- What is done to many inputs at once, beside requests: by whom, to which inputs, and how far it has come. Each part asks
-- anew whether they may, by what they showed when they began.
CREATE TABLE batches (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    shown TEXT NOT NULL CHECK (shown IN ('key', 'session')),
    shown_hash BLOB NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('say', 'deny', 'unsay', 'put', 'delete')),
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
CREATE INDEX batches_of_person ON batches (app_id, user_id, id);
CREATE INDEX batches_state ON batches (state, changed_at);

-- What became of each input: what was made of it, so that it can be undone, and why it was not done.
CREATE TABLE batch_items (
    batch_id BLOB NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'same', 'failed', 'undone', 'stays')),
    annotation TEXT,
    earlier REAL,
    why TEXT NOT NULL,
    PRIMARY KEY (batch_id, position)
) STRICT;
CREATE INDEX batch_items_state ON batch_items (batch_id, state, position);

-- Which inputs hold the same bytes.
CREATE INDEX inputs_sha256 ON inputs (app_id, sha256);
