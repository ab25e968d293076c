-- Workflows: graphs of models.
CREATE TABLE workflows (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    notes TEXT NOT NULL,
    metadata JSONB,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (app_id, slug)
);

-- Workflows as they were at one moment. What a version does never changes: whoever changes a workflow makes another one.
CREATE TABLE workflow_versions (
    id UUID PRIMARY KEY,
    workflow_id UUID NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    license TEXT NOT NULL,
    is_deprecated BOOLEAN NOT NULL,
    metadata JSONB,
    graph JSONB NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX workflow_versions_workflow ON workflow_versions (workflow_id, id);

-- The workflow that an app names as its own default; apps that name none have the empty one of the catalogue.
CREATE TABLE default_workflows (
    app_id UUID PRIMARY KEY REFERENCES apps (id),
    workflow_id UUID NOT NULL REFERENCES workflows (id) ON DELETE CASCADE
);
CREATE INDEX default_workflows_workflow ON default_workflows (workflow_id);
