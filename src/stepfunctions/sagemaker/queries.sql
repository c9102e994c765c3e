-- name: insert_record
INSERT INTO sagemaker_records
    (kind, name, arn, created_at, modified_at, status, request, state, folder, effect_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: read_record
SELECT kind, name, arn, created_at, modified_at, status, request, state, folder, effect_id
FROM sagemaker_records WHERE kind = ? AND name = ?;

-- name: read_arn
SELECT name FROM sagemaker_records WHERE arn = ? LIMIT 1;

-- name: update_record
UPDATE sagemaker_records SET modified_at = ?, status = ?, state = ?, request = ? WHERE kind = ? AND name = ?;

-- name: delete_record
DELETE FROM sagemaker_records WHERE kind = ? AND name = ?;

-- name: list_all
SELECT kind, name, arn, created_at, modified_at, status, request, state, folder, effect_id
FROM sagemaker_records WHERE kind = ? ORDER BY created_at, name;

-- name: list_page
-- {column}, {order} and {beyond} come from a closed table of the caller, never from a request.
SELECT kind, name, arn, created_at, modified_at, status, request, state, folder, effect_id
FROM sagemaker_records
WHERE kind = :kind
    AND (:contains IS NULL OR instr(lower(name), lower(:contains)) > 0)
    AND (:status IS NULL OR status = :status)
    AND (:created_after IS NULL OR created_at > :created_after)
    AND (:created_before IS NULL OR created_at < :created_before)
    AND (:modified_after IS NULL OR modified_at > :modified_after)
    AND (:modified_before IS NULL OR modified_at < :modified_before)
    AND (:name IS NULL OR ({column}, name) {beyond} (:key, :name))
ORDER BY {column} {order}, name {order}
LIMIT :limit;

-- name: put_tag
INSERT OR REPLACE INTO sagemaker_tags (arn, key, value) VALUES (?, ?, ?);

-- name: list_tags
SELECT key, value FROM sagemaker_tags WHERE arn = ? ORDER BY key;

-- name: delete_tag
DELETE FROM sagemaker_tags WHERE arn = ? AND key = ?;

-- name: delete_all_tags
DELETE FROM sagemaker_tags WHERE arn = ?;

-- name: read_log_position
SELECT position FROM sagemaker_log_positions WHERE path = ?;

-- name: put_log_position
INSERT OR REPLACE INTO sagemaker_log_positions (path, position) VALUES (?, ?);
