-- A definition is stored once, however many executions run it.
CREATE TABLE definitions (
    hash TEXT PRIMARY KEY,
    text TEXT NOT NULL
) WITHOUT ROWID;

-- Ids grow with the order of starting, so "newest first" is "greatest id first", and every index ends in the id.
CREATE TABLE executions (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    state_machine_arn TEXT NOT NULL,
    state_machine_name TEXT NOT NULL,
    version_arn TEXT,
    alias_arn TEXT,
    role_arn TEXT NOT NULL,
    definition_hash TEXT NOT NULL REFERENCES definitions (hash),
    attributes TEXT NOT NULL,
    trace_header TEXT,
    status TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redriven_at INTEGER,
    error TEXT,
    cause TEXT,
    input TEXT NOT NULL,
    output TEXT
);
CREATE INDEX executions_by_state_machine ON executions (state_machine_arn, status);
CREATE INDEX executions_newest ON executions (state_machine_arn);
CREATE INDEX executions_by_version ON executions (version_arn) WHERE version_arn IS NOT NULL;
CREATE INDEX executions_by_alias ON executions (alias_arn) WHERE alias_arn IS NOT NULL;
CREATE INDEX executions_open ON executions (id) WHERE status = 'RUNNING';

-- What happened: one row for all events of an execution in one commit, with the history they led to (journal.py).
-- id = execution id * 2^32 + sequence, so an execution's rows lie side by side in one tree.
-- first_id and last_id are the history ids in the row; last_id = first_id - 1 when there are none.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    entry BLOB NOT NULL
);

-- A short cut for recovery: the journal alone would do.
CREATE TABLE snapshots (
    execution_id INTEGER PRIMARY KEY REFERENCES executions (id),
    sequence INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    deadline INTEGER,
    interpreter BLOB NOT NULL
);

-- The outbox: tasks that were scheduled and are not over. token is set where a caller may answer by it; such a row
-- stays behind as CLOSED, so that a late answer is told apart from a wrong one.
CREATE TABLE tasks (
    execution_id INTEGER NOT NULL REFERENCES executions (id),
    task_id TEXT NOT NULL,
    token TEXT,
    state TEXT NOT NULL,
    started INTEGER NOT NULL,
    submitted TEXT,
    command TEXT NOT NULL,
    PRIMARY KEY (execution_id, task_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX tasks_by_token ON tasks (token) WHERE token IS NOT NULL;
CREATE INDEX tasks_open ON tasks (state) WHERE state <> 'CLOSED';
