CREATE TABLE sagemaker_records (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    arn TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    folder TEXT NOT NULL,
    effect_id TEXT,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE INDEX sagemaker_records_by_creation ON sagemaker_records (kind, created_at, name);
CREATE INDEX sagemaker_records_by_arn ON sagemaker_records (arn);

CREATE TABLE sagemaker_tags (
    arn TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (arn, key)
) WITHOUT ROWID;

-- How far each host's log.txt has been copied to CloudWatch Logs: committed with the copies.
CREATE TABLE sagemaker_log_positions (
    path TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) WITHOUT ROWID;
