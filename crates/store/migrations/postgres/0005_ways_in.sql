-- The link by which the first account is made, while there is none.
CREATE TABLE first_links (
    secret_hash BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
