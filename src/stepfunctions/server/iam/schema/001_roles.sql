-- record: see roles.py
CREATE TABLE iam_roles (
    name TEXT PRIMARY KEY,
    record TEXT NOT NULL
) WITHOUT ROWID;
