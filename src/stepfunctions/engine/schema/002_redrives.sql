-- The client tokens that an execution was redriven with: asked with the same token again, the same redrive is answered.
CREATE TABLE redrive_tokens (
    execution_id INTEGER NOT NULL REFERENCES executions (id),
    token TEXT NOT NULL,
    redrive_count INTEGER NOT NULL,
    redriven_at INTEGER NOT NULL,
    PRIMARY KEY (execution_id, token)
) WITHOUT ROWID;
