-- last_version: version numbers are never used twice, so the greatest outlives its version.
-- publishing: what CreateStateMachine was told about publishing, as JSON; part of its idempotency check.
ALTER TABLE state_machines ADD COLUMN last_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state_machines ADD COLUMN publishing TEXT NOT NULL DEFAULT 'null';

-- A version: one revision of a state machine, for good.
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    state_machine_arn TEXT NOT NULL,
    number INTEGER NOT NULL,
    revision_id TEXT,
    description TEXT,
    role_arn TEXT NOT NULL,
    definition TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (state_machine_arn, number)
);

-- routes: [[version ARN, weight], ...], one or two. Ids grow with creation, and listings page by them.
CREATE TABLE aliases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    state_machine_arn TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    routes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX aliases_by_state_machine ON aliases (state_machine_arn, id);
