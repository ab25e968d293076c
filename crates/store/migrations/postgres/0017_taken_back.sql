-- What is done to many inputs at once may be that they are added to a task, and what was said of them is kept as it stood
-- before a concept was taken out of it, so that it can be put back.
ALTER TABLE batches DROP CONSTRAINT batches_act_check;
ALTER TABLE batches ADD CONSTRAINT batches_act_check
    CHECK (act IN ('say', 'deny', 'unsay', 'put', 'assign', 'delete'));
ALTER TABLE batch_items ADD COLUMN taken JSONB;
