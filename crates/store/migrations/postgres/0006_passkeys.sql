-- Passkeys by which people sign in, each with what verifies its signatures and how often it has signed.
CREATE TABLE passkeys (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    credential_id BYTEA NOT NULL UNIQUE,
    credential JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_user ON passkeys (user_id, id);

-- What browsers were asked to sign and have not answered yet, by the hash of what each of them keeps.
CREATE TABLE passkey_challenges (
    secret_hash BYTEA PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('add', 'sign_in', 'prove')),
    session_id UUID REFERENCES sessions (id) ON DELETE CASCADE,
    state JSONB NOT NULL,
    expires_at BIGINT NOT NULL,
    CHECK ((session_id IS NULL) = (purpose = 'sign_in'))
);
CREATE INDEX passkey_challenges_expired ON passkey_challenges (expires_at);
