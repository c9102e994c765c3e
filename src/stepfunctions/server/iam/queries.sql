-- name: put_role
INSERT OR REPLACE INTO iam_roles (name, record) VALUES (?, ?)
-- name: role
SELECT record FROM iam_roles WHERE name = ?
-- name: roles
SELECT record FROM iam_roles ORDER BY name
-- name: delete_role
DELETE FROM iam_roles WHERE name = ?
