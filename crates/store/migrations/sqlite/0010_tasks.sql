-- What is to be labelled, how, and by whom.
CREATE TABLE tasks (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    instructions TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('classification', 'boxes', 'polygons', 'points', 'spans')),
    strategy TEXT NOT NULL CHECK (strategy IN ('partitioned', 'full', 'dynamic')),
    per_input INTEGER NOT NULL,
    review TEXT NOT NULL CHECK (json_valid(review)),
    source TEXT NOT NULL CHECK (json_valid(source)),
    priority INTEGER NOT NULL,
    due_at INTEGER,
    metadata TEXT CHECK (json_valid(metadata)),
    status INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (app_id, slug)
) STRICT;
CREATE INDEX tasks_app ON tasks (app_id, id);

-- The choices of a task, in their order.
CREATE TABLE task_concepts (
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    app_id BLOB NOT NULL,
    concept TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (task_id, concept),
    FOREIGN KEY (app_id, concept) REFERENCES concepts (app_id, slug) ON DELETE CASCADE
) STRICT;
CREATE INDEX task_concepts_concept ON task_concepts (app_id, concept);

-- Who labels and who reviews. Labellers have their turns from 0 on.
CREATE TABLE task_people (
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    app_id BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    labels INTEGER NOT NULL CHECK (labels IN (0, 1)),
    reviews INTEGER NOT NULL CHECK (reviews IN (0, 1)),
    weight INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    PRIMARY KEY (task_id, user_id)
) STRICT;
CREATE INDEX task_people_user ON task_people (app_id, user_id);

-- One input that one person is to label: of each input as many as there are to be labellers of it. Without a worker it
-- lies in the task's common pool.
CREATE TABLE assignments (
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    place INTEGER NOT NULL,
    app_id BLOB NOT NULL,
    input_id BLOB NOT NULL REFERENCES inputs (id) ON DELETE CASCADE,
    worker_id BLOB REFERENCES users (id),
    pooled INTEGER NOT NULL CHECK (pooled IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('pending', 'skipped', 'awaiting_review', 'awaiting_consensus', 'done', 'rejected')),
    lock_holder BLOB REFERENCES users (id),
    locked_until INTEGER,
    round INTEGER NOT NULL,
    reason TEXT,
    changed_at INTEGER NOT NULL,
    submitted_at INTEGER,
    PRIMARY KEY (task_id, position, place)
) STRICT;
CREATE INDEX assignments_pool ON assignments (task_id, position) WHERE worker_id IS NULL;
CREATE INDEX assignments_worker ON assignments (task_id, worker_id, state, position);
CREATE INDEX assignments_state ON assignments (task_id, state, position);
CREATE INDEX assignments_input ON assignments (input_id);
CREATE INDEX assignments_lapsing ON assignments (task_id, locked_until) WHERE pooled = TRUE AND state = 'pending';

-- What reviewers said, each time.
CREATE TABLE assignment_reviews (
    id BLOB PRIMARY KEY,
    task_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    place INTEGER NOT NULL,
    app_id BLOB NOT NULL,
    round INTEGER NOT NULL,
    reviewer_id BLOB NOT NULL REFERENCES users (id),
    act TEXT NOT NULL CHECK (act IN ('approve', 'request_changes', 'reject')),
    comment TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    FOREIGN KEY (task_id, position, place) REFERENCES assignments (task_id, position, place) ON DELETE CASCADE
) STRICT;
CREATE INDEX assignment_reviews_of ON assignment_reviews (task_id, position, place);

-- Within which task something was said.
ALTER TABLE annotations ADD COLUMN task_id BLOB REFERENCES tasks (id) ON DELETE SET NULL;
CREATE INDEX annotations_task ON annotations (task_id, input_id, user_id) WHERE task_id IS NOT NULL;
