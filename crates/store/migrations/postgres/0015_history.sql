-- Who changed an annotation last; nobody, as long as it stands as its author said it.
ALTER TABLE annotations ADD COLUMN changed_by UUID REFERENCES users (id);

-- How annotations stood before they were changed, from 1. What was never changed has no row here.
CREATE TABLE annotation_history (
    annotation_id UUID NOT NULL REFERENCES annotations (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    data JSONB NOT NULL,
    status BIGINT NOT NULL,
    changed_by UUID NOT NULL REFERENCES users (id),
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (annotation_id, version)
);
