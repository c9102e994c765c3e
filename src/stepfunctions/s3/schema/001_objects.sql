CREATE TABLE s3_buckets (
    name TEXT PRIMARY KEY,
    region TEXT NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- What a bucket carries that this store keeps and does not act on: its policy, cors, lifecycle and so on.
CREATE TABLE s3_documents (
    bucket TEXT NOT NULL REFERENCES s3_buckets (name) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (bucket, kind)
) WITHOUT ROWID;

-- segments: [[blob, size_bytes, part_number, part_checksum], ...]; one for an object that was put whole.
CREATE TABLE s3_objects (
    bucket TEXT NOT NULL REFERENCES s3_buckets (name),
    key TEXT NOT NULL,
    etag TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    checksum TEXT,
    tags TEXT,
    segments TEXT NOT NULL,
    PRIMARY KEY (bucket, key)
);

CREATE TABLE s3_uploads (
    id TEXT PRIMARY KEY,
    bucket TEXT NOT NULL REFERENCES s3_buckets (name),
    key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    tags TEXT,
    checksum_algorithm TEXT,
    checksum_type TEXT
) WITHOUT ROWID;
CREATE INDEX s3_uploads_by_key ON s3_uploads (bucket, key, id);

CREATE TABLE s3_parts (
    upload TEXT NOT NULL REFERENCES s3_uploads (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    blob TEXT NOT NULL,
    etag TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    checksum TEXT,
    PRIMARY KEY (upload, number)
) WITHOUT ROWID;

-- Blobs that no row refers to: being written, or about to be removed. What is here at start is removed.
CREATE TABLE s3_loose_blobs (name TEXT PRIMARY KEY) WITHOUT ROWID;
