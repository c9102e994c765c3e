-- One row per state machine; ids grow with creation, and listings page by them.
CREATE TABLE state_machines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    definition TEXT NOT NULL,
    settings TEXT NOT NULL,
    revision_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX state_machines_by_place ON state_machines (place, id);

CREATE TABLE tags (
    resource_arn TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (resource_arn, key)
) WITHOUT ROWID;

-- One row: the key that nextTokens are signed with, so that they outlive a restart and cannot be made up.
CREATE TABLE token_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL
);
INSERT INTO token_key VALUES (1, randomblob(32));
