-- How often something was done or tried, by the SHA-256 of who did it or to whom: what limits are decided by.
CREATE TABLE limits (
    subject BLOB PRIMARY KEY,
    count INTEGER NOT NULL,
    at INTEGER NOT NULL,
    forgotten_at INTEGER NOT NULL
) STRICT;
CREATE INDEX limits_forgotten ON limits (forgotten_at);
