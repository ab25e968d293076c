-- The chain of the audit list: the hash of each entry together with that of the one before.
CREATE TABLE audit_chain (
    position BIGINT PRIMARY KEY,
    entry_id UUID NOT NULL UNIQUE,
    hash BYTEA NOT NULL
);

-- The end of the chain as it was signed once a day, so that links that are made anew are noticed.
CREATE TABLE audit_roots (
    day BIGINT PRIMARY KEY,
    position BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    public_key BYTEA NOT NULL,
    signature BYTEA NOT NULL
);

CREATE TRIGGER audit_chain_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_roots_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_roots
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Whoever serves owns these tables, and still may not do with them what is never done.
REVOKE UPDATE, DELETE, TRUNCATE ON audit, audit_chain, audit_roots FROM CURRENT_USER;
