-- Passkeys by which people sign in, each with what verifies its signatures and how often it has signed.
CREATE TABLE passkeys (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    credential_id BLOB NOT NULL UNIQUE,
    credential TEXT NOT NULL CHECK (json_valid(credential)),
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX passkeys_user ON passkeys (user_id, id);

-- What browsers were asked to sign and have not answered yet, by the hash of what each of them keeps.
CREATE TABLE passkey_challenges (
    secret_hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('add', 'sign_in', 'prove')),
    session_id BLOB REFERENCES sessions (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (json_valid(state)),
    expires_at INTEGER NOT NULL,
    CHECK ((session_id IS NULL) = (purpose = 'sign_in'))
) STRICT;
CREATE INDEX passkey_challenges_expired ON passkey_challenges (expires_at);
