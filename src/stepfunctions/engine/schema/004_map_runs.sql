-- Map Runs: what a Distributed Map makes of its children, which are rows of executions. Written in the commits of the
-- execution that has them; execution_id is that one's, run_id the interpreter's name for the run.
-- stopping: the children that run are to be stopped, and a restart goes on with that.
CREATE TABLE map_runs (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    execution_id INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    definition_hash TEXT NOT NULL,
    express INTEGER NOT NULL,
    status TEXT NOT NULL,
    stopping INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    max_concurrency INTEGER NOT NULL,
    tolerated_failure_count INTEGER NOT NULL,
    tolerated_failure_percentage REAL NOT NULL,
    pending_items INTEGER NOT NULL,
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redriven_at INTEGER
);
CREATE UNIQUE INDEX map_runs_of_execution ON map_runs (execution_id, run_id);
CREATE INDEX map_runs_open ON map_runs (execution_id) WHERE status = 'RUNNING';

-- position is the child's place among its siblings, item_count how many items it has.
ALTER TABLE executions ADD COLUMN map_run_id INTEGER;
ALTER TABLE executions ADD COLUMN position INTEGER;
ALTER TABLE executions ADD COLUMN item_count INTEGER;
CREATE INDEX executions_of_map_run ON executions (map_run_id, position, status, item_count)
    WHERE map_run_id IS NOT NULL;
