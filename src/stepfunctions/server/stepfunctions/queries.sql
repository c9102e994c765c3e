-- The registry's statements; the tables are in schema/. place is "account/region".

-- name: insert_state_machine
INSERT INTO state_machines (
    arn, place, name, type, status, role_arn, definition, settings, revision_id, created_at, updated_at, publishing
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: state_machine_by_arn
SELECT
    id, arn, name, type, status, role_arn, definition, settings, revision_id, created_at, updated_at, publishing
FROM state_machines WHERE arn = ?;

-- name: update_state_machine
UPDATE state_machines SET role_arn = ?, definition = ?, settings = ?, revision_id = ?, updated_at = ? WHERE arn = ?;

-- name: mark_deleting
UPDATE state_machines SET status = 'DELETING' WHERE arn = ?;

-- name: delete_state_machine
DELETE FROM state_machines WHERE arn = ?;

-- name: count_state_machines
SELECT count(*) FROM state_machines WHERE place = ?;

-- name: list_state_machines
SELECT id, arn, name, type, created_at FROM state_machines WHERE place = ? AND id > ? ORDER BY id LIMIT ?;

-- name: deleting_state_machines
SELECT arn FROM state_machines WHERE status = 'DELETING' ORDER BY id;

-- name: tags_of
SELECT key, value FROM tags WHERE resource_arn = ? ORDER BY position;

-- name: put_tag
INSERT INTO tags (resource_arn, key, value, position)
VALUES (:arn, :key, :value, (SELECT coalesce(max(position), 0) + 1 FROM tags WHERE resource_arn = :arn))
ON CONFLICT (resource_arn, key) DO UPDATE SET value = excluded.value;

-- name: delete_tag
DELETE FROM tags WHERE resource_arn = ? AND key = ?;

-- name: delete_tags
DELETE FROM tags WHERE resource_arn = ?;

-- name: token_key
SELECT secret FROM token_key;

-- Versions

-- name: next_version
UPDATE state_machines SET last_version = last_version + 1 WHERE arn = ? RETURNING last_version;

-- name: insert_version
INSERT INTO versions (
    state_machine_arn, number, revision_id, description, role_arn, definition, settings, created_at
) VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: version_by_number
SELECT number, revision_id, description, role_arn, definition, settings, created_at
FROM versions WHERE state_machine_arn = ? AND number = ?;

-- name: latest_version_of_revision
SELECT number FROM versions WHERE state_machine_arn = ? AND revision_id IS ? ORDER BY number DESC LIMIT 1;

-- name: count_versions
SELECT count(*) FROM versions WHERE state_machine_arn = ?;

-- name: list_versions
SELECT number, created_at FROM versions WHERE state_machine_arn = ? AND number < ? ORDER BY number DESC LIMIT ?;

-- name: delete_version
DELETE FROM versions WHERE state_machine_arn = ? AND number = ?;

-- name: delete_versions
DELETE FROM versions WHERE state_machine_arn = ?;

-- Aliases

-- name: insert_alias
INSERT INTO aliases (arn, state_machine_arn, name, description, routes, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: alias_by_arn
SELECT id, arn, state_machine_arn, name, description, routes, created_at, updated_at FROM aliases WHERE arn = ?;

-- name: aliases_of_state_machine
SELECT id, arn, state_machine_arn, name, description, routes, created_at, updated_at
FROM aliases WHERE state_machine_arn = ? ORDER BY id;

-- name: update_alias
UPDATE aliases SET description = ?, routes = ?, updated_at = ? WHERE arn = ?;

-- name: delete_alias
DELETE FROM aliases WHERE arn = ?;

-- name: delete_aliases
DELETE FROM aliases WHERE state_machine_arn = ?;

-- Activities

-- name: insert_activity
INSERT INTO activities (arn, place, name, encryption, created_at) VALUES (?, ?, ?, ?, ?);

-- name: activity_by_arn
SELECT arn, name, encryption, created_at FROM activities WHERE arn = ?;

-- name: count_activities
SELECT count(*) FROM activities WHERE place = ?;

-- name: list_activities
SELECT id, arn, name, created_at FROM activities WHERE place = ? AND id > ? ORDER BY id LIMIT ?;

-- name: delete_activity
DELETE FROM activities WHERE arn = ?;
