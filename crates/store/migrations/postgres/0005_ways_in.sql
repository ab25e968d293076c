-- The link by which the first account is made, while there is none.
CREATE TABLE first_links (
    secret_hash BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

-- Who people are to the providers by which they sign in. An account that was made so has an empty password_hash.
CREATE TABLE identities (
    id UUID PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id, id);

-- Ways to a provider and back that are under way, by the hash of what the browser keeps; and who came back, until they
-- have said to which account they belong.
CREATE TABLE visits (
    secret_hash BYTEA PRIMARY KEY,
    provider TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign_in', 'connect', 'prove')),
    next TEXT NOT NULL,
    session_id UUID REFERENCES sessions (id) ON DELETE CASCADE,
    began_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    issuer TEXT,
    subject TEXT,
    called TEXT,
    CHECK (subject IS NULL OR (issuer IS NOT NULL AND called IS NOT NULL))
);
CREATE INDEX visits_expired ON visits (expires_at);
