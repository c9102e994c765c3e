-- The statements of mocked service integrations; the tables are in schema/.

-- name: all_mocks
SELECT execution_arn, responses FROM mocks;

-- name: put_mocks
INSERT OR REPLACE INTO mocks (execution_arn, state_machine_arn, responses) VALUES (?, ?, ?);

-- name: mocked_executions
SELECT execution_arn FROM mocks WHERE (state_machine_arn = :of OR (state_machine_arn > :of || '/' AND state_machine_arn < :of || '0'));

-- name: delete_mocks
DELETE FROM mocks WHERE execution_arn = ?;

-- name: note_invocation
INSERT OR IGNORE INTO mock_invocations (execution_arn, state, effect_id) VALUES (?, ?, ?);

-- name: invocation
SELECT count(*) FROM mock_invocations AS earlier JOIN mock_invocations AS this
    ON earlier.execution_arn = this.execution_arn AND earlier.state = this.state AND earlier.id < this.id
WHERE this.execution_arn = ? AND this.state = ? AND this.effect_id = ?;

-- name: delete_invocations
DELETE FROM mock_invocations WHERE execution_arn = ?;
