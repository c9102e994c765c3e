"""Where a Distributed Map's items come from: the local S3, in every form that an ItemReader can name.

Modules, from the bytes upwards::

    compression   the bytes of an object, GZIP or ZSTD undone
    lines json_items csv_rows parquet     the items in the bytes of one object
    formats       an InputType -> one of those
    manifests     a manifest -> the objects that it lists
    given         the items in data that is at hand
    datasets      an ItemReader -> objects, one after the other
    reader source pages of items, with a reader kept open for each Map Run

Deliberately absent: what becomes of the items (``core``, ``engine``), and any S3 but the local cloud's own.

Follows: AWS Developer Guide, "ItemReader (Map)", "How Step Functions parses input CSV files".
"""
