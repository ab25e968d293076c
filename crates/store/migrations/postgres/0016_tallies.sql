-- How many inputs and assignments stand where, so that nobody counts a million of them for a page. Each statement that
-- changes some leaves rows with how many more or fewer there are: their sum is what there is. So many change something at
-- once, and none waits for another. One of a hundred statements joins the rows of its app or task.
CREATE TABLE input_tallies (
    app_id UUID NOT NULL,
    status BIGINT NOT NULL,
    count BIGINT NOT NULL
);
CREATE INDEX input_tallies_app ON input_tallies (app_id);
CREATE TABLE assignment_tallies (
    task_id UUID NOT NULL,
    worker_id UUID,
    state TEXT NOT NULL,
    count BIGINT NOT NULL
);
CREATE INDEX assignment_tallies_task ON assignment_tallies (task_id);

CREATE FUNCTION join_input_tallies(of_app UUID) RETURNS void LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM input_tallies WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM input_tallies WHERE app_id = of_app LIMIT 10000 FOR UPDATE SKIP LOCKED
        )) RETURNING status, count
    )
    INSERT INTO input_tallies (app_id, status, count)
    SELECT of_app, status, SUM(count) FROM taken GROUP BY status HAVING SUM(count) <> 0;
$$;
CREATE FUNCTION join_assignment_tallies(of_task UUID) RETURNS void LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM assignment_tallies WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM assignment_tallies WHERE task_id = of_task LIMIT 10000 FOR UPDATE SKIP LOCKED
        )) RETURNING worker_id, state, count
    )
    INSERT INTO assignment_tallies (task_id, worker_id, state, count)
    SELECT of_task, worker_id, state, SUM(count) FROM taken GROUP BY worker_id, state HAVING SUM(count) <> 0;
$$;

CREATE FUNCTION tally_inputs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO input_tallies (app_id, status, count)
        SELECT app_id, status, COUNT(*) FROM those_now GROUP BY app_id, status;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO input_tallies (app_id, status, count)
        SELECT app_id, status, -COUNT(*) FROM those_before GROUP BY app_id, status;
    ELSE
        INSERT INTO input_tallies (app_id, status, count)
        SELECT app_id, status, SUM(more) FROM (
            SELECT app_id, status, 1 AS more FROM those_now UNION ALL SELECT app_id, status, -1 FROM those_before
        ) changed GROUP BY app_id, status HAVING SUM(more) <> 0;
    END IF;
    IF random() < 0.01 THEN
        IF TG_OP = 'DELETE' THEN
            PERFORM join_input_tallies(app_id) FROM (SELECT DISTINCT app_id FROM those_before) apps;
        ELSE
            PERFORM join_input_tallies(app_id) FROM (SELECT DISTINCT app_id FROM those_now) apps;
        END IF;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER inputs_are_added AFTER INSERT ON inputs
REFERENCING NEW TABLE AS those_now FOR EACH STATEMENT EXECUTE FUNCTION tally_inputs();
CREATE TRIGGER inputs_are_changed AFTER UPDATE ON inputs
REFERENCING OLD TABLE AS those_before NEW TABLE AS those_now FOR EACH STATEMENT EXECUTE FUNCTION tally_inputs();
CREATE TRIGGER inputs_are_deleted AFTER DELETE ON inputs
REFERENCING OLD TABLE AS those_before FOR EACH STATEMENT EXECUTE FUNCTION tally_inputs();

CREATE FUNCTION tally_assignments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO assignment_tallies (task_id, worker_id, state, count)
        SELECT task_id, worker_id, state, COUNT(*) FROM those_now GROUP BY task_id, worker_id, state;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO assignment_tallies (task_id, worker_id, state, count)
        SELECT task_id, worker_id, state, -COUNT(*) FROM those_before GROUP BY task_id, worker_id, state;
    ELSE
        INSERT INTO assignment_tallies (task_id, worker_id, state, count)
        SELECT task_id, worker_id, state, SUM(more) FROM (
            SELECT task_id, worker_id, state, 1 AS more FROM those_now
            UNION ALL SELECT task_id, worker_id, state, -1 FROM those_before
        ) changed GROUP BY task_id, worker_id, state HAVING SUM(more) <> 0;
    END IF;
    IF random() < 0.01 THEN
        IF TG_OP = 'DELETE' THEN
            PERFORM join_assignment_tallies(task_id) FROM (SELECT DISTINCT task_id FROM those_before) tasks;
        ELSE
            PERFORM join_assignment_tallies(task_id) FROM (SELECT DISTINCT task_id FROM those_now) tasks;
        END IF;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER assignments_are_added AFTER INSERT ON assignments
REFERENCING NEW TABLE AS those_now FOR EACH STATEMENT EXECUTE FUNCTION tally_assignments();
CREATE TRIGGER assignments_are_changed AFTER UPDATE ON assignments
REFERENCING OLD TABLE AS those_before NEW TABLE AS those_now FOR EACH STATEMENT EXECUTE FUNCTION tally_assignments();
CREATE TRIGGER assignments_are_deleted AFTER DELETE ON assignments
REFERENCING OLD TABLE AS those_before FOR EACH STATEMENT EXECUTE FUNCTION tally_assignments();

INSERT INTO input_tallies (app_id, status, count) SELECT app_id, status, COUNT(*) FROM inputs GROUP BY app_id, status;
INSERT INTO assignment_tallies (task_id, worker_id, state, count)
    SELECT task_id, worker_id, state, COUNT(*) FROM assignments GROUP BY task_id, worker_id, state;
