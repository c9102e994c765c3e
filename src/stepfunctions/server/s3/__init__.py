"""Amazon S3's wire: REST with XML, path and virtual-host addressing, aws-chunked bodies, presigned URLs."""
