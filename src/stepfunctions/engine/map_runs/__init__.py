"""Map Runs on the driver: the children of a Distributed Map, which are executions of their own.

``run`` has the records, ``runs`` what belongs into the driver's commits and what follows them, ``storage`` the reading
of items and the writing of results, ``listing`` and ``operations`` what callers see and do.
"""
