-- The registry's statements; the tables are in schema/. place is "account/region".

-- name: insert_state_machine
INSERT INTO state_machines (
    arn, place, name, type, status, role_arn, definition, settings, revision_id, created_at, updated_at
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: state_machine_by_arn
SELECT id, arn, name, type, status, role_arn, definition, settings, revision_id, created_at, updated_at
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
