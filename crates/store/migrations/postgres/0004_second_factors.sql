-- What somebody shows besides their password: an app that makes codes, of which the last step used is kept so that
-- none is taken twice.
CREATE TABLE authenticators (
    user_id UUID PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Secrets that wait for a first code, which shows that the app has them. They replace nothing before that.
CREATE TABLE offered_authenticators (
    user_id UUID PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Codes for whoever has lost everything else, each good for once.
CREATE TABLE recovery_codes (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash BYTEA NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, code_hash)
);

-- People whose password was right, and who have yet to show a second factor.
CREATE TABLE pending_sign_ins (
    secret_hash BYTEA PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_sign_ins_user ON pending_sign_ins (user_id);
CREATE INDEX pending_sign_ins_expired ON pending_sign_ins (expires_at);
