-- One row per execution that was started on a test case: what its states are answered with.
CREATE TABLE mocks (
    execution_arn TEXT PRIMARY KEY,
    state_machine_arn TEXT NOT NULL,
    responses TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX mocks_by_state_machine ON mocks (state_machine_arn);

-- One row per mocked task, in the order of their invocation.
CREATE TABLE mock_invocations (
    id INTEGER PRIMARY KEY,
    execution_arn TEXT NOT NULL,
    state TEXT NOT NULL,
    effect_id TEXT NOT NULL UNIQUE
);
CREATE INDEX mock_invocations_by_state ON mock_invocations (execution_arn, state);
