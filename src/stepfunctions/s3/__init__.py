"""Amazon S3's data plane: a streaming store over blob files and an index in the data folder."""
