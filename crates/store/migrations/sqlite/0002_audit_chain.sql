-- The chain of the audit list: the hash of each entry together with that of the one before.
CREATE TABLE audit_chain (
    position INTEGER PRIMARY KEY,
    entry_id BLOB NOT NULL UNIQUE,
    hash BLOB NOT NULL
) STRICT;

-- The end of the chain as it was signed once a day, so that links that are made anew are noticed.
CREATE TABLE audit_roots (
    day INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    hash BLOB NOT NULL,
    public_key BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_chain_is_never_changed BEFORE UPDATE ON audit_chain
BEGIN
    SELECT RAISE (ABORT, 'audit entries are never changed');
END;
CREATE TRIGGER audit_chain_is_never_deleted BEFORE DELETE ON audit_chain
BEGIN
    SELECT RAISE (ABORT, 'audit entries are never deleted');
END;
CREATE TRIGGER audit_roots_is_never_changed BEFORE UPDATE ON audit_roots
BEGIN
    SELECT RAISE (ABORT, 'audit entries are never changed');
END;
CREATE TRIGGER audit_roots_is_never_deleted BEFORE DELETE ON audit_roots
BEGIN
    SELECT RAISE (ABORT, 'audit entries are never deleted');
END;
