-- One row per activity; ids grow with creation, and listings page by them. Tasks of activities are the engine's.
CREATE TABLE activities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    encryption TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX activities_by_place ON activities (place, id);
