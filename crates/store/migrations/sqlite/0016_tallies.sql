-- How many inputs and assignments stand where, so that nobody counts a million of them for a page. Whose an assignment is
-- that is nobody's is told by an empty identifier, since a key has no place for nothing.
CREATE TABLE input_tallies (
    app_id BLOB NOT NULL,
    status INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (app_id, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE assignment_tallies (
    task_id BLOB NOT NULL,
    worker BLOB NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (task_id, worker, state)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER inputs_are_added AFTER INSERT ON inputs
BEGIN
    INSERT INTO input_tallies (app_id, status, count) VALUES (NEW.app_id, NEW.status, 1)
        ON CONFLICT (app_id, status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER inputs_are_changed AFTER UPDATE OF status ON inputs WHEN OLD.status <> NEW.status
BEGIN
    UPDATE input_tallies SET count = count - 1 WHERE app_id = OLD.app_id AND status = OLD.status;
    INSERT INTO input_tallies (app_id, status, count) VALUES (NEW.app_id, NEW.status, 1)
        ON CONFLICT (app_id, status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER inputs_are_deleted AFTER DELETE ON inputs
BEGIN
    UPDATE input_tallies SET count = count - 1 WHERE app_id = OLD.app_id AND status = OLD.status;
END;

CREATE TRIGGER assignments_are_added AFTER INSERT ON assignments
BEGIN
    INSERT INTO assignment_tallies (task_id, worker, state, count)
        VALUES (NEW.task_id, COALESCE(NEW.worker_id, X''), NEW.state, 1)
        ON CONFLICT (task_id, worker, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER assignments_are_changed AFTER UPDATE OF worker_id, state ON assignments
WHEN OLD.worker_id IS NOT NEW.worker_id OR OLD.state <> NEW.state
BEGIN
    UPDATE assignment_tallies SET count = count - 1
        WHERE task_id = OLD.task_id AND worker = COALESCE(OLD.worker_id, X'') AND state = OLD.state;
    INSERT INTO assignment_tallies (task_id, worker, state, count)
        VALUES (NEW.task_id, COALESCE(NEW.worker_id, X''), NEW.state, 1)
        ON CONFLICT (task_id, worker, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER assignments_are_deleted AFTER DELETE ON assignments
BEGIN
    UPDATE assignment_tallies SET count = count - 1
        WHERE task_id = OLD.task_id AND worker = COALESCE(OLD.worker_id, X'') AND state = OLD.state;
END;

INSERT INTO input_tallies (app_id, status, count) SELECT app_id, status, COUNT(*) FROM inputs GROUP BY app_id, status;
INSERT INTO assignment_tallies (task_id, worker, state, count)
    SELECT task_id, COALESCE(worker_id, X''), state, COUNT(*) FROM assignments GROUP BY task_id, worker_id, state;
