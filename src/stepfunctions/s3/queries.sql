-- name: loosen
INSERT OR IGNORE INTO s3_loose_blobs (name) VALUES (?)
-- name: hold
DELETE FROM s3_loose_blobs WHERE name = ?
-- name: loose
SELECT name FROM s3_loose_blobs

-- name: insert_bucket
INSERT INTO s3_buckets (name, region, created_at) VALUES (?, ?, ?)
-- name: bucket
SELECT name, region, created_at FROM s3_buckets WHERE name = ?
-- name: buckets
SELECT name, region, created_at FROM s3_buckets ORDER BY name
-- name: delete_bucket
DELETE FROM s3_buckets WHERE name = ?

-- name: put_document
INSERT OR REPLACE INTO s3_documents (bucket, kind, body) VALUES (?, ?, ?)
-- name: document
SELECT body FROM s3_documents WHERE bucket = ? AND kind = ?
-- name: delete_document
DELETE FROM s3_documents WHERE bucket = ? AND kind = ?

-- name: put_object
INSERT OR REPLACE INTO s3_objects
    (bucket, key, etag, size_bytes, modified_at, attributes, checksum, tags, segments)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
-- name: object
SELECT bucket, key, etag, size_bytes, modified_at, attributes, checksum, tags, segments
FROM s3_objects WHERE bucket = ? AND key = ?
-- name: delete_object
DELETE FROM s3_objects WHERE bucket = ? AND key = ?
-- name: tag_object
UPDATE s3_objects SET tags = ? WHERE bucket = ? AND key = ?
-- name: any_object
SELECT key FROM s3_objects WHERE bucket = ? LIMIT 1
-- name: objects_from
SELECT key, etag, size_bytes, modified_at, checksum FROM s3_objects
WHERE bucket = ? AND key >= ? ORDER BY key LIMIT ?
-- name: objects_between
SELECT key, etag, size_bytes, modified_at, checksum FROM s3_objects
WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?

-- name: insert_upload
INSERT INTO s3_uploads (id, bucket, key, created_at, attributes, tags, checksum_algorithm, checksum_type)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
-- name: upload
SELECT id, bucket, key, created_at, attributes, tags, checksum_algorithm, checksum_type FROM s3_uploads WHERE id = ?
-- name: uploads
SELECT id, bucket, key, created_at, attributes, tags, checksum_algorithm, checksum_type
FROM s3_uploads WHERE bucket = ? ORDER BY key, created_at, id
-- name: delete_upload
DELETE FROM s3_uploads WHERE id = ?
-- name: put_part
INSERT OR REPLACE INTO s3_parts (upload, number, blob, etag, size_bytes, modified_at, checksum)
VALUES (?, ?, ?, ?, ?, ?, ?)
-- name: part
SELECT number, blob, etag, size_bytes, modified_at, checksum FROM s3_parts WHERE upload = ? AND number = ?
-- name: parts
SELECT number, blob, etag, size_bytes, modified_at, checksum FROM s3_parts
WHERE upload = ? AND number > ? ORDER BY number LIMIT ?
