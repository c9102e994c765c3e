-- Executions that a task started, by the task's effect id: a task that is run again after a crash finds what it began.
CREATE TABLE effects (
    effect_id TEXT PRIMARY KEY,
    execution_id INTEGER NOT NULL REFERENCES executions (id)
) WITHOUT ROWID;
CREATE INDEX effects_by_execution ON effects (execution_id);
