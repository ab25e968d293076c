-- People, and the addresses by which they are reached.
CREATE TABLE users (
    id BLOB PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
-- Two slugs that differ only in case would be taken for one another.
CREATE UNIQUE INDEX users_slug ON users (lower(slug));
CREATE INDEX users_slug_exact ON users (slug);

CREATE TABLE email_addresses (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
    verified_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, address)
) STRICT;
-- Anyone may claim an address; only one person can have proved that it is theirs.
CREATE UNIQUE INDEX email_addresses_verified ON email_addresses (address) WHERE verified_at IS NOT NULL;
CREATE UNIQUE INDEX email_addresses_primary ON email_addresses (user_id) WHERE is_primary = TRUE;

-- Links that are mailed: to verify an address, or to set a new password.
CREATE TABLE mailed_links (
    secret_hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_address', 'reset_password')),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX mailed_links_user ON mailed_links (user_id, purpose);

CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    proved_at INTEGER NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id, id);

CREATE TABLE apps (
    id BLOB PRIMARY KEY,
    owner_id BLOB NOT NULL REFERENCES users (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    default_language TEXT NOT NULL,
    metadata TEXT CHECK (json_valid(metadata)),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX apps_slug ON apps (owner_id, slug) WHERE deleted_at IS NULL;
CREATE INDEX apps_owner ON apps (owner_id, id);

-- Who may do what in an app, and who said so: the forest under the owner. A grant whose person is not known yet is
-- pending, bound to an address.
CREATE TABLE grants (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
    user_id BLOB REFERENCES users (id),
    address TEXT,
    secret_hash BLOB,
    expires_at INTEGER,
    parent_id BLOB REFERENCES grants (id),
    granted_by BLOB NOT NULL REFERENCES users (id),
    scopes TEXT NOT NULL,
    endpoints TEXT,
    ends_at INTEGER,
    note TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    active_at INTEGER,
    ended_at INTEGER,
    CHECK (state <> 'active' OR user_id IS NOT NULL),
    CHECK (state <> 'pending' OR (address IS NOT NULL AND expires_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX grants_person ON grants (app_id, user_id) WHERE state = 'active';
CREATE UNIQUE INDEX grants_address ON grants (app_id, address) WHERE state = 'pending';
CREATE INDEX grants_app ON grants (app_id, id) WHERE state <> 'ended';
CREATE INDEX grants_user ON grants (user_id, id) WHERE state = 'active';
CREATE INDEX grants_parent ON grants (parent_id) WHERE state <> 'ended';
CREATE INDEX grants_waiting ON grants (address) WHERE state = 'pending';
CREATE UNIQUE INDEX grants_secret ON grants (secret_hash) WHERE secret_hash IS NOT NULL;

-- Personal access tokens and app keys. One that follows a grant has its scopes, list and end from there.
-- A key without a hash has not been opened yet: its secret is made when it is shown.
CREATE TABLE keys (
    id BLOB PRIMARY KEY,
    secret_hash BLOB UNIQUE,
    last_four TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('token', 'app_key')),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    app_id BLOB REFERENCES apps (id),
    grant_id BLOB REFERENCES grants (id),
    description TEXT NOT NULL,
    scopes TEXT NOT NULL,
    endpoints TEXT,
    ends_at INTEGER,
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER,
    CHECK (kind <> 'app_key' OR app_id IS NOT NULL)
) STRICT;
CREATE INDEX keys_user ON keys (user_id, id);
CREATE INDEX keys_app ON keys (app_id, id);
CREATE INDEX keys_grant ON keys (grant_id);

-- Hashes of secrets that were rotated out: valid until their overlap ends, and a sign of theft afterwards.
CREATE TABLE former_secrets (
    secret_hash BLOB PRIMARY KEY,
    key_id BLOB NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    valid_until INTEGER NOT NULL
) STRICT;
CREATE INDEX former_secrets_key ON former_secrets (key_id);

-- What was done to access, by whom, from where. Entries are added and never changed.
CREATE TABLE audit (
    id BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    app_id BLOB,
    actor_id BLOB,
    actor TEXT NOT NULL,
    key_id BLOB,
    action TEXT NOT NULL,
    subject_id BLOB,
    subject TEXT NOT NULL,
    before_state TEXT CHECK (json_valid(before_state)),
    after_state TEXT CHECK (json_valid(after_state)),
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
) STRICT;
CREATE INDEX audit_app ON audit (app_id, id);
CREATE INDEX audit_actor ON audit (actor_id, id);
CREATE INDEX audit_subject ON audit (subject_id, id);

-- Mail to be sent, written in the transaction that is its cause.
CREATE TABLE mails (
    id BLOB PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE INDEX mails_due ON mails (due_at) WHERE sent_at IS NULL;

CREATE TABLE inputs (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'text')),
    body TEXT,
    source_url TEXT,
    object_key TEXT,
    thumbnail_key TEXT,
    media_type TEXT,
    width INTEGER,
    height INTEGER,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    metadata TEXT CHECK (json_valid(metadata)),
    status INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (app_id, slug)
) STRICT;
CREATE INDEX inputs_app ON inputs (app_id, id);

CREATE TABLE concepts (
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    definition TEXT NOT NULL,
    metadata TEXT CHECK (json_valid(metadata)),
    position INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (app_id, slug)
) STRICT;
CREATE UNIQUE INDEX concepts_position ON concepts (app_id, position);

CREATE TABLE annotations (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    input_id BLOB NOT NULL REFERENCES inputs (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id),
    data TEXT NOT NULL CHECK (json_valid(data)),
    info TEXT CHECK (json_valid(info)),
    status INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (app_id, slug)
) STRICT;
CREATE INDEX annotations_input ON annotations (input_id, id);
CREATE INDEX annotations_app ON annotations (app_id, id);

-- Which concepts an annotation names, so that they can be counted and looked for.
CREATE TABLE annotation_concepts (
    annotation_id BLOB NOT NULL REFERENCES annotations (id) ON DELETE CASCADE,
    app_id BLOB NOT NULL,
    concept TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (annotation_id, concept)
) STRICT;
CREATE INDEX annotation_concepts_concept ON annotation_concepts (app_id, concept);

CREATE TABLE input_jobs (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    done INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    status INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (app_id, slug)
) STRICT;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE (ABORT, 'audit entries are never changed');
END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE (ABORT, 'audit entries are never deleted');
END;
