-- What is to be labelled, how, and by whom.
CREATE TABLE tasks (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    instructions TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('classification', 'boxes', 'polygons', 'points', 'spans')),
    strategy TEXT NOT NULL CHECK (strategy IN ('partitioned', 'full', 'dynamic')),
    per_input BIGINT NOT NULL,
    review JSONB NOT NULL,
    source JSONB NOT NULL,
    priority BIGINT NOT NULL,
    due_at BIGINT,
    metadata JSONB,
    status BIGINT NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (app_id, slug)
);
CREATE INDEX tasks_app ON tasks (app_id, id);

-- The choices of a task, in their order.
CREATE TABLE task_concepts (
    task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    app_id UUID NOT NULL,
    concept TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (task_id, concept),
    FOREIGN KEY (app_id, concept) REFERENCES concepts (app_id, slug) ON DELETE CASCADE
);
CREATE INDEX task_concepts_concept ON task_concepts (app_id, concept);

-- Who labels and who reviews. Labellers have their turns from 0 on.
CREATE TABLE task_people (
    task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    app_id UUID NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    labels BOOLEAN NOT NULL,
    reviews BOOLEAN NOT NULL,
    weight BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (task_id, user_id)
);
CREATE INDEX task_people_user ON task_people (app_id, user_id);

-- One input that one person is to label: of each input as many as there are to be labellers of it. Without a worker it
-- lies in the task's common pool.
CREATE TABLE assignments (
    task_id UUID NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    place BIGINT NOT NULL,
    app_id UUID NOT NULL,
    input_id UUID NOT NULL REFERENCES inputs (id) ON DELETE CASCADE,
    worker_id UUID REFERENCES users (id),
    pooled BOOLEAN NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'skipped', 'awaiting_review', 'awaiting_consensus', 'done', 'rejected')),
    lock_holder UUID REFERENCES users (id),
    locked_until BIGINT,
    round BIGINT NOT NULL,
    reason TEXT,
    changed_at BIGINT NOT NULL,
    submitted_at BIGINT,
    PRIMARY KEY (task_id, position, place)
);
CREATE INDEX assignments_pool ON assignments (task_id, position) WHERE worker_id IS NULL;
CREATE INDEX assignments_worker ON assignments (task_id, worker_id, state, position);
CREATE INDEX assignments_state ON assignments (task_id, state, position);
CREATE INDEX assignments_input ON assignments (input_id);
CREATE INDEX assignments_lapsing ON assignments (task_id, locked_until) WHERE pooled = TRUE AND state = 'pending';

-- What reviewers said, each time.
CREATE TABLE assignment_reviews (
    id UUID PRIMARY KEY,
    task_id UUID NOT NULL,
    position BIGINT NOT NULL,
    place BIGINT NOT NULL,
    app_id UUID NOT NULL,
    round BIGINT NOT NULL,
    reviewer_id UUID NOT NULL REFERENCES users (id),
    act TEXT NOT NULL CHECK (act IN ('approve', 'request_changes', 'reject')),
    comment TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (task_id, position, place) REFERENCES assignments (task_id, position, place) ON DELETE CASCADE
);
CREATE INDEX assignment_reviews_of ON assignment_reviews (task_id, position, place);

-- Within which task something was said.
ALTER TABLE annotations ADD COLUMN task_id UUID REFERENCES tasks (id) ON DELETE SET NULL;
CREATE INDEX annotations_task ON annotations (task_id, input_id, user_id) WHERE task_id IS NOT NULL;
