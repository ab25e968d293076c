-- People, and the addresses by which they are reached.
CREATE TABLE users (
    id UUID PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
-- Two slugs that differ only in case would be taken for one another.
CREATE UNIQUE INDEX users_slug ON users (lower(slug));
CREATE INDEX users_slug_exact ON users (slug);

CREATE TABLE email_addresses (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    is_primary BOOLEAN NOT NULL,
    verified_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, address)
);
-- Anyone may claim an address; only one person can have proved that it is theirs.
CREATE UNIQUE INDEX email_addresses_verified ON email_addresses (address) WHERE verified_at IS NOT NULL;
CREATE UNIQUE INDEX email_addresses_primary ON email_addresses (user_id) WHERE is_primary = TRUE;

-- Links that are mailed: to verify an address, or to set a new password.
CREATE TABLE mailed_links (
    secret_hash BYTEA PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_address', 'reset_password')),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX mailed_links_user ON mailed_links (user_id, purpose);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_user ON sessions (user_id, id);

CREATE TABLE apps (
    id UUID PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES users (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    default_language TEXT NOT NULL,
    metadata JSONB,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX apps_slug ON apps (owner_id, slug) WHERE deleted_at IS NULL;
CREATE INDEX apps_owner ON apps (owner_id, id);

-- Who may do what in an app, and who said so: the forest under the owner. A grant whose person is not known yet is
-- pending, bound to an address.
CREATE TABLE grants (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
    user_id UUID REFERENCES users (id),
    address TEXT,
    secret_hash BYTEA,
    expires_at BIGINT,
    parent_id UUID REFERENCES grants (id),
    granted_by UUID NOT NULL REFERENCES users (id),
    scopes TEXT NOT NULL,
    endpoints TEXT,
    ends_at BIGINT,
    note TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    active_at BIGINT,
    ended_at BIGINT,
    CHECK (state <> 'active' OR user_id IS NOT NULL),
    CHECK (state <> 'pending' OR (address IS NOT NULL AND expires_at IS NOT NULL))
);
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
    id UUID PRIMARY KEY,
    secret_hash BYTEA UNIQUE,
    last_four TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('token', 'app_key')),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    app_id UUID REFERENCES apps (id),
    grant_id UUID REFERENCES grants (id),
    description TEXT NOT NULL,
    scopes TEXT NOT NULL,
    endpoints TEXT,
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT,
    CHECK (kind <> 'app_key' OR app_id IS NOT NULL)
);
CREATE INDEX keys_user ON keys (user_id, id);
CREATE INDEX keys_app ON keys (app_id, id);
CREATE INDEX keys_grant ON keys (grant_id);

-- Hashes of secrets that were rotated out: valid until their overlap ends, and a sign of theft afterwards.
CREATE TABLE former_secrets (
    secret_hash BYTEA PRIMARY KEY,
    key_id UUID NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    valid_until BIGINT NOT NULL
);
CREATE INDEX former_secrets_key ON former_secrets (key_id);

-- What was done to access, by whom, from where. Entries are added and never changed.
CREATE TABLE audit (
    id UUID PRIMARY KEY,
    at BIGINT NOT NULL,
    app_id UUID,
    actor_id UUID,
    actor TEXT NOT NULL,
    key_id UUID,
    action TEXT NOT NULL,
    subject_id UUID,
    subject TEXT NOT NULL,
    before_state JSONB,
    after_state JSONB,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX audit_app ON audit (app_id, id);
CREATE INDEX audit_actor ON audit (actor_id, id);
CREATE INDEX audit_subject ON audit (subject_id, id);

-- Mail to be sent, written in the transaction that is its cause.
CREATE TABLE mails (
    id UUID PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX mails_due ON mails (due_at) WHERE sent_at IS NULL;

CREATE TABLE inputs (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'text')),
    body TEXT,
    source_url TEXT,
    object_key TEXT,
    thumbnail_key TEXT,
    media_type TEXT,
    width BIGINT,
    height BIGINT,
    size BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    metadata JSONB,
    status BIGINT NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (app_id, slug)
);
CREATE INDEX inputs_app ON inputs (app_id, id);

CREATE TABLE concepts (
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    definition TEXT NOT NULL,
    metadata JSONB,
    position BIGINT NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, slug)
);
CREATE UNIQUE INDEX concepts_position ON concepts (app_id, position);

CREATE TABLE annotations (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    input_id UUID NOT NULL REFERENCES inputs (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id),
    data JSONB NOT NULL,
    info JSONB,
    status BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (app_id, slug)
);
CREATE INDEX annotations_input ON annotations (input_id, id);
CREATE INDEX annotations_app ON annotations (app_id, id);

-- Which concepts an annotation names, so that they can be counted and looked for.
CREATE TABLE annotation_concepts (
    annotation_id UUID NOT NULL REFERENCES annotations (id) ON DELETE CASCADE,
    app_id UUID NOT NULL,
    concept TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (annotation_id, concept)
);
CREATE INDEX annotation_concepts_concept ON annotation_concepts (app_id, concept);

CREATE TABLE input_jobs (
    id UUID PRIMARY KEY,
    app_id UUID NOT NULL REFERENCES apps (id),
    slug TEXT NOT NULL,
    done BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    status BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (app_id, slug)
);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are never changed or deleted';
END;
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
