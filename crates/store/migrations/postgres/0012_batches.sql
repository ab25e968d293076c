-- What is done to many inputs at once, beside requests: by whom, to which inputs, and how far it has come. Each part asks
-- anew whether they may, by what they showed when they began.
CREATE TABLE batches (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    user_id UUID NOT NULL REFERENCES users (id),
    shown TEXT NOT NULL CHECK (shown IN ('key', 'session')),
    shown_hash BYTEA NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('say', 'deny', 'unsay', 'put', 'delete')),
    subject TEXT NOT NULL,
    filter TEXT,
    last_input UUID,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'stopped', 'undoing', 'undone')),
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    same BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    undone BIGINT NOT NULL,
    why TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX batches_of_person ON batches (app_id, user_id, id);
CREATE INDEX batches_state ON batches (state, changed_at);

-- What became of each input: what was made of it, so that it can be undone, and why it was not done.
CREATE TABLE batch_items (
    batch_id UUID NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'same', 'failed', 'undone', 'stays')),
    annotation TEXT,
    earlier DOUBLE PRECISION,
    why TEXT NOT NULL,
    PRIMARY KEY (batch_id, position)
);
CREATE INDEX batch_items_state ON batch_items (batch_id, state, position);

-- Which inputs hold the same bytes.
CREATE INDEX inputs_sha256 ON inputs (app_id, sha256);
