-- ListExecutions shows those that have ended by their end, and the others by when they were started or redriven last.
DROP INDEX executions_by_state_machine;
DROP INDEX executions_newest;
DROP INDEX executions_by_version;
DROP INDEX executions_by_alias;
CREATE INDEX executions_by_state_machine
ON executions (state_machine_arn, status, coalesce(stopped_at, redriven_at, started_at));
CREATE INDEX executions_newest ON executions (state_machine_arn, coalesce(stopped_at, redriven_at, started_at));
CREATE INDEX executions_by_version ON executions (version_arn, coalesce(stopped_at, redriven_at, started_at))
WHERE version_arn IS NOT NULL;
CREATE INDEX executions_by_alias ON executions (alias_arn, coalesce(stopped_at, redriven_at, started_at))
WHERE alias_arn IS NOT NULL;
