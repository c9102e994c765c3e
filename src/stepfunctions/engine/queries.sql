-- The engine's statements; the tables are in schema/.

-- name: insert_definition
INSERT OR IGNORE INTO definitions (hash, text) VALUES (?, ?);

-- name: greatest_execution_id
SELECT coalesce(max(id), 0) FROM executions;

-- name: insert_execution
INSERT INTO executions (
    id, arn, name, state_machine_arn, state_machine_name, version_arn, alias_arn, role_arn, definition_hash,
    attributes, trace_header, started_at, input, status, stopped_at, error, cause, output, map_run_id, position,
    item_count
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: close_execution
UPDATE executions SET status = ?, stopped_at = ?, error = ?, cause = ?, output = ? WHERE id = ?;

-- name: reopen_execution
UPDATE executions
SET status = 'RUNNING', stopped_at = NULL, error = NULL, cause = NULL, output = NULL, redrive_count = ?, redriven_at = ?
WHERE id = ?;

-- name: execution_by_arn
SELECT
    arn, name, state_machine_arn, version_arn, alias_arn, status, input, output, error, cause, started_at,
    stopped_at, redrive_count, redriven_at, trace_header,
    (SELECT map_runs.arn FROM map_runs WHERE map_runs.id = map_run_id), item_count
FROM executions WHERE arn = ?;

-- name: execution_id
SELECT id FROM executions WHERE arn = ?;

-- name: execution_to_load
SELECT
    executions.arn, state_machine_arn, role_arn, json_extract(attributes, '$.loggingConfiguration'), execution_id,
    run_id, map_run_id, position, item_count
FROM executions LEFT JOIN map_runs ON map_runs.id = map_run_id WHERE executions.id = ? AND executions.status = 'RUNNING';

-- name: execution_to_reopen
SELECT
    executions.arn, state_machine_arn, role_arn, json_extract(attributes, '$.loggingConfiguration'), execution_id,
    run_id, map_run_id, position, item_count
FROM executions LEFT JOIN map_runs ON map_runs.id = map_run_id WHERE executions.id = ? AND executions.status NOT IN ('RUNNING', 'SUCCEEDED');

-- name: definition_of_execution
SELECT
    text, role_arn, state_machine_arn, state_machine_name, version_arn, alias_arn, attributes, map_runs.arn, label
FROM executions
JOIN definitions ON hash = executions.definition_hash
LEFT JOIN map_runs ON map_runs.id = map_run_id
WHERE executions.id = ?;

-- Listings leave out inputs and outputs.

-- name: list_of_state_machine
SELECT
    coalesce(stopped_at, redriven_at, started_at), id, arn, name, state_machine_arn, version_arn, alias_arn, status, '', NULL, NULL,
    NULL, started_at, stopped_at, redrive_count, redriven_at, trace_header, NULL, NULL
FROM executions
WHERE
    state_machine_arn = :of
    AND coalesce(stopped_at, redriven_at, started_at) <= :at
    AND (coalesce(stopped_at, redriven_at, started_at) < :at OR id < :before)
ORDER BY coalesce(stopped_at, redriven_at, started_at) DESC, id DESC LIMIT :limit;

-- name: list_of_state_machine_with_status
SELECT
    coalesce(stopped_at, redriven_at, started_at), id, arn, name, state_machine_arn, version_arn, alias_arn, status, '', NULL, NULL,
    NULL, started_at, stopped_at, redrive_count, redriven_at, trace_header, NULL, NULL
FROM executions
WHERE
    state_machine_arn = :of AND status = :status
    AND coalesce(stopped_at, redriven_at, started_at) <= :at
    AND (coalesce(stopped_at, redriven_at, started_at) < :at OR id < :before)
ORDER BY coalesce(stopped_at, redriven_at, started_at) DESC, id DESC LIMIT :limit;

-- name: list_of_version
SELECT
    coalesce(stopped_at, redriven_at, started_at), id, arn, name, state_machine_arn, version_arn, alias_arn, status, '', NULL, NULL,
    NULL, started_at, stopped_at, redrive_count, redriven_at, trace_header, NULL, NULL
FROM executions
WHERE
    version_arn = :of AND (:status IS NULL OR status = :status)
    AND coalesce(stopped_at, redriven_at, started_at) <= :at
    AND (coalesce(stopped_at, redriven_at, started_at) < :at OR id < :before)
ORDER BY coalesce(stopped_at, redriven_at, started_at) DESC, id DESC LIMIT :limit;

-- name: list_of_alias
SELECT
    coalesce(stopped_at, redriven_at, started_at), id, arn, name, state_machine_arn, version_arn, alias_arn, status, '', NULL, NULL,
    NULL, started_at, stopped_at, redrive_count, redriven_at, trace_header, NULL, NULL
FROM executions
WHERE
    alias_arn = :of AND (:status IS NULL OR status = :status)
    AND coalesce(stopped_at, redriven_at, started_at) <= :at
    AND (coalesce(stopped_at, redriven_at, started_at) < :at OR id < :before)
ORDER BY coalesce(stopped_at, redriven_at, started_at) DESC, id DESC LIMIT :limit;

-- name: count_running
SELECT count(*) FROM executions WHERE state_machine_arn = ? AND status = 'RUNNING';

-- name: count_open
SELECT count(*) FROM executions WHERE status = 'RUNNING';

-- name: running_of_state_machine
SELECT id FROM executions WHERE state_machine_arn = ? AND status = 'RUNNING' ORDER BY id;

-- name: open_executions
SELECT
    executions.id,
    snapshots.deadline,
    snapshots.sequence IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM journal
        WHERE journal.id > (executions.id << 32) + snapshots.sequence AND journal.id < (executions.id + 1) << 32
    )
FROM executions LEFT JOIN snapshots ON execution_id = executions.id
WHERE status = 'RUNNING' ORDER BY executions.id;

-- name: insert_journal
INSERT INTO journal (id, first_id, last_id, entry) VALUES (?, ?, ?, ?);

-- name: journal_after
SELECT id, entry FROM journal WHERE id > ? AND id < ? ORDER BY id LIMIT 100;

-- name: last_entry
SELECT id, last_id FROM journal WHERE id > ? AND id < ? ORDER BY id DESC LIMIT 1;

-- name: entries_of_history
SELECT id FROM journal WHERE id > ? AND id < ? AND last_id >= ? AND first_id <= ? ORDER BY id;

-- name: read_entry
SELECT entry FROM journal WHERE id = ?;

-- name: replace_snapshot
INSERT OR REPLACE INTO snapshots (execution_id, sequence, last_at, deadline, interpreter) VALUES (?, ?, ?, ?, ?);

-- name: read_snapshot
SELECT sequence, last_at, interpreter FROM snapshots WHERE execution_id = ?;

-- name: delete_snapshot
DELETE FROM snapshots WHERE execution_id = ?;

-- name: insert_task
INSERT INTO tasks (execution_id, task_id, token, state, started, submitted, command) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: update_task
UPDATE tasks SET state = ?, started = ?, submitted = ? WHERE execution_id = ? AND task_id = ?;

-- name: close_task
UPDATE tasks SET state = 'CLOSED', submitted = NULL, command = '' WHERE execution_id = ? AND task_id = ?;

-- name: delete_task
DELETE FROM tasks WHERE execution_id = ? AND task_id = ?;

-- name: tasks_of_execution
SELECT state, token IS NOT NULL, started, submitted, command FROM tasks WHERE execution_id = ? AND state <> 'CLOSED';

-- name: open_tasks
SELECT
    state, token IS NOT NULL, started, submitted, command, execution_id, arn, state_machine_arn, role_arn
FROM tasks JOIN executions ON id = execution_id WHERE state <> 'CLOSED';

-- name: task_by_token
SELECT execution_id, task_id, state FROM tasks WHERE token = ?;

-- name: put_redrive_token
INSERT OR REPLACE INTO redrive_tokens (execution_id, token, redrive_count, redriven_at) VALUES (?, ?, ?, ?);

-- name: drop_redrive_tokens
DELETE FROM redrive_tokens WHERE execution_id = ? AND redrive_count <= ?;

-- name: redrive_by_token
SELECT redriven_at FROM redrive_tokens WHERE execution_id = ? AND token = ?;

-- name: insert_effect
INSERT INTO effects (effect_id, execution_id) VALUES (?, ?);

-- name: execution_by_effect
SELECT arn FROM effects JOIN executions ON id = execution_id WHERE effect_id = ?;

-- name: delete_effect
DELETE FROM effects WHERE execution_id = ?;

-- name: executions_of_state_machine
SELECT id FROM executions
WHERE
    (state_machine_arn = :of OR (state_machine_arn > :of || '/' AND state_machine_arn < :of || '0'))
    AND status <> 'RUNNING';

-- name: delete_journal
DELETE FROM journal WHERE id > ? AND id < ?;

-- name: delete_redrive_tokens
DELETE FROM redrive_tokens WHERE execution_id = ?;

-- name: delete_tasks
DELETE FROM tasks WHERE execution_id = ?;

-- name: delete_execution
DELETE FROM executions WHERE id = ?;

-- Map Runs.

-- name: greatest_map_run_id
SELECT max(
    coalesce((SELECT max(id) FROM map_runs), 0),
    coalesce((SELECT max(map_run_id) FROM executions WHERE map_run_id IS NOT NULL), 0)
);

-- name: insert_map_run
INSERT INTO map_runs (
    id, arn, execution_id, run_id, label, state, definition_hash, express, status, started_at, max_concurrency,
    tolerated_failure_count, tolerated_failure_percentage, pending_items
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?);

-- name: note_pending_items
UPDATE map_runs SET pending_items = ? WHERE id = ?;

-- name: stop_map_run
UPDATE map_runs SET stopping = 1 WHERE id = ?;

-- name: close_map_run
UPDATE map_runs SET status = ?, pending_items = ?, stopped_at = ? WHERE id = ?;

-- name: abandon_map_runs
UPDATE map_runs SET status = 'ABORTED', stopped_at = ? WHERE execution_id = ? AND status = 'RUNNING';

-- name: limit_map_run
UPDATE map_runs
SET max_concurrency = ?, tolerated_failure_count = ?, tolerated_failure_percentage = ?
WHERE id = ?;

-- name: reopen_map_run
UPDATE map_runs
SET status = 'RUNNING', stopping = 0, stopped_at = NULL, redrive_count = ?, redriven_at = ?
WHERE id = ?;

-- name: map_run_to_drive
SELECT map_runs.id, map_runs.arn, label, state, text, express
FROM map_runs JOIN definitions ON hash = definition_hash WHERE execution_id = ? AND run_id = ?;

-- name: executions_with_map_runs
SELECT DISTINCT execution_id FROM map_runs WHERE status = 'RUNNING';

-- name: children_to_stop
SELECT executions.id
FROM executions INDEXED BY executions_open JOIN map_runs ON map_runs.id = map_run_id
WHERE executions.status = 'RUNNING' AND (stopping OR map_runs.status <> 'RUNNING');

-- name: children_at
SELECT id FROM executions
WHERE map_run_id = ? AND position IN (SELECT value FROM json_each(?)) ORDER BY position;

-- name: running_children_of_execution
SELECT executions.id
FROM map_runs JOIN executions ON map_run_id = map_runs.id
WHERE execution_id = ? AND executions.status = 'RUNNING';

-- name: running_children_of_state_machine
SELECT id FROM executions
WHERE state_machine_arn > :of || '/' AND state_machine_arn < :of || '0' AND status = 'RUNNING';

-- name: unfinished_children
SELECT position, item_count
FROM executions WHERE map_run_id = ? AND position > ? AND status NOT IN ('RUNNING', 'SUCCEEDED')
ORDER BY position LIMIT ?;

-- name: children_to_redrive
SELECT id, redrive_count
FROM executions
WHERE map_run_id = ? AND position IN (SELECT value FROM json_each(?)) AND status NOT IN ('RUNNING', 'SUCCEEDED')
ORDER BY position;

-- name: end_of_child
SELECT execution_id, run_id, position, executions.status
FROM executions JOIN map_runs ON map_runs.id = map_run_id
WHERE executions.id = ? AND executions.status <> 'RUNNING';

-- name: child_outputs
SELECT position, output FROM executions
WHERE map_run_id = ? AND position > ? AND status = 'SUCCEEDED' ORDER BY position LIMIT ?;

-- name: child_results
SELECT
    position, arn, name, state_machine_arn, status, input, output, error, cause, started_at, stopped_at, redrive_count
FROM executions WHERE map_run_id = ? AND position > ? ORDER BY position LIMIT ?;

-- name: map_run_by_arn
SELECT
    map_runs.id, map_runs.arn, executions.arn, executions.state_machine_arn, label, state, map_runs.status,
    map_runs.started_at, map_runs.stopped_at, max_concurrency, tolerated_failure_count, tolerated_failure_percentage,
    pending_items, map_runs.redrive_count, map_runs.redriven_at, run_id, executions.id
FROM map_runs JOIN executions ON executions.id = execution_id WHERE map_runs.arn = ?;

-- name: map_runs_of_execution
SELECT
    map_runs.id, map_runs.arn, executions.arn, executions.state_machine_arn, label, state, map_runs.status,
    map_runs.started_at, map_runs.stopped_at, max_concurrency, tolerated_failure_count, tolerated_failure_percentage,
    pending_items, map_runs.redrive_count, map_runs.redriven_at, run_id, executions.id
FROM map_runs JOIN executions ON executions.id = execution_id
WHERE execution_id = ? AND map_runs.id < ? ORDER BY map_runs.id DESC LIMIT ?;

-- While a run is redriven (:redriven_at is not NULL), what did not succeed and was not taken up since waits for it.

-- name: map_run_counts
SELECT status, count(*), sum(item_count) FROM executions WHERE map_run_id = ? GROUP BY status;

-- name: map_run_counts_redriven
SELECT
    CASE
        WHEN status NOT IN ('RUNNING', 'SUCCEEDED') AND coalesce(redriven_at, started_at) < :redriven_at
        THEN 'PENDING_REDRIVE'
        ELSE status
    END AS shown,
    count(*),
    sum(item_count)
FROM executions WHERE map_run_id = :of GROUP BY shown;

-- name: list_of_map_run
SELECT
    position, arn, name, state_machine_arn, version_arn, alias_arn,
    CASE
        WHEN status NOT IN ('RUNNING', 'SUCCEEDED') AND coalesce(redriven_at, started_at) < :redriven_at
        THEN 'PENDING_REDRIVE'
        ELSE status
    END AS shown,
    '', NULL, NULL, NULL, started_at, stopped_at, redrive_count, redriven_at, trace_header, NULL, item_count
FROM executions
WHERE
    map_run_id = :of AND position < :before AND (:status IS NULL OR shown = :status)
    AND (:redriven IS NULL OR (redrive_count > 0) = :redriven)
ORDER BY position DESC LIMIT :limit;

-- name: delete_map_runs
DELETE FROM map_runs WHERE execution_id = ?;
