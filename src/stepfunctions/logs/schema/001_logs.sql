CREATE TABLE log_groups (
    name TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    retention_days INTEGER,
    tags TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;

CREATE TABLE log_streams (
    id INTEGER PRIMARY KEY,
    group_name TEXT NOT NULL REFERENCES log_groups (name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    first_event_at INTEGER,
    last_event_at INTEGER,
    last_ingested_at INTEGER,
    stored_bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (group_name, name)
);

CREATE TABLE log_events (
    id INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES log_streams (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    ingested_at INTEGER NOT NULL,
    message TEXT NOT NULL
);
CREATE INDEX log_events_by_time ON log_events (stream, at, id);
