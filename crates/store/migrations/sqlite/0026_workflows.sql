-- Workflows: graphs of models.
CREATE TABLE workflows (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    notes TEXT NOT NULL,
    metadata TEXT CHECK (json_valid(metadata)),
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (app_id, slug)
) STRICT;

-- Workflows as they were at one moment. What a version does never changes: whoever changes a workflow makes another one.
CREATE TABLE workflow_versions (
    id BLOB PRIMARY KEY,
    workflow_id BLOB NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    license TEXT NOT NULL,
    is_deprecated INTEGER NOT NULL CHECK (is_deprecated IN (0, 1)),
    metadata TEXT CHECK (json_valid(metadata)),
    graph TEXT NOT NULL CHECK (json_valid(graph)),
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX workflow_versions_workflow ON workflow_versions (workflow_id, id);

-- The workflow that an app names as its own default; apps that name none have the empty one of the catalogue.
CREATE TABLE default_workflows (
    app_id BLOB PRIMARY KEY REFERENCES apps (id),
    workflow_id BLOB NOT NULL REFERENCES workflows (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX default_workflows_workflow ON default_workflows (workflow_id);
