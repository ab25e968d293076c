-- How often something was done or tried, by the SHA-256 of who did it or to whom: what limits are decided by.
CREATE TABLE limits (
    subject BYTEA PRIMARY KEY,
    count BIGINT NOT NULL,
    at BIGINT NOT NULL,
    forgotten_at BIGINT NOT NULL
);
CREATE INDEX limits_forgotten ON limits (forgotten_at);
