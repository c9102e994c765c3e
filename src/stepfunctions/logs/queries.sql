-- name: insert_group
INSERT INTO log_groups (name, created_at, tags) VALUES (?, ?, ?)
-- name: group
SELECT name, created_at, retention_days, tags,
    (SELECT coalesce(sum(stored_bytes), 0) FROM log_streams WHERE group_name = log_groups.name)
FROM log_groups WHERE name = ?
-- name: groups
SELECT name, created_at, retention_days, tags,
    (SELECT coalesce(sum(stored_bytes), 0) FROM log_streams WHERE group_name = log_groups.name)
FROM log_groups WHERE name > ? ORDER BY name
-- name: delete_group
DELETE FROM log_groups WHERE name = ?
-- name: set_retention
UPDATE log_groups SET retention_days = ? WHERE name = ?
-- name: set_tags
UPDATE log_groups SET tags = ? WHERE name = ?

-- name: insert_stream
INSERT INTO log_streams (group_name, name, created_at) VALUES (?, ?, ?)
-- name: stream
SELECT id, name, created_at, first_event_at, last_event_at, last_ingested_at FROM log_streams
WHERE group_name = ? AND name = ?
-- name: streams_by_name
SELECT id, name, created_at, first_event_at, last_event_at, last_ingested_at FROM log_streams
WHERE group_name = ? ORDER BY name
-- name: delete_stream
DELETE FROM log_streams WHERE group_name = ? AND name = ?
-- name: note_events
UPDATE log_streams SET
    first_event_at = min(coalesce(first_event_at, :first), :first),
    last_event_at = max(coalesce(last_event_at, :last), :last),
    last_ingested_at = :ingested,
    stored_bytes = stored_bytes + :bytes
WHERE id = :stream

-- name: insert_event
INSERT INTO log_events (stream, at, ingested_at, message) VALUES (?, ?, ?, ?)
-- name: events_forward
SELECT id, at, ingested_at, message, '' FROM log_events
WHERE stream = :stream AND at >= :start AND at < :stop AND (at, id) > (:at, :id)
ORDER BY at, id LIMIT :limit
-- name: events_backward
SELECT id, at, ingested_at, message, '' FROM log_events
WHERE stream = :stream AND at >= :start AND at < :stop AND (at, id) < (:at, :id)
ORDER BY at DESC, id DESC LIMIT :limit
-- name: events_of_group
SELECT e.id, e.at, e.ingested_at, e.message, s.name FROM log_events e JOIN log_streams s ON e.stream = s.id
WHERE s.group_name = :group AND e.at >= :start AND e.at < :stop AND (e.at, e.id) > (:at, :id)
ORDER BY e.at, e.id LIMIT :limit
