"""What becomes of the results of a Distributed Map: the state's own result, or files in the local S3.

Modules::

    records   one child's outcome as the JSON text that a result shows
    files     a row of result files, written as it is made
    sink      the ResultWriter of a Map state

Deliberately absent: what the outcomes are (``engine``), and any S3 but the local cloud's own.

Follows: AWS Developer Guide, "ResultWriter (Map)".
"""
