-- The page of an app's people counts them, names who invited them and counts their keys by these alone: however many
-- grants and keys there are, it reads few of them.
CREATE INDEX grants_state ON grants (app_id, state) WHERE state <> 'ended';
CREATE INDEX grants_inviter ON grants (app_id, granted_by) WHERE state <> 'ended';
CREATE INDEX keys_person ON keys (app_id, user_id) WHERE revoked_at IS NULL;
