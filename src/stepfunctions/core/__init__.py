"""The interpreter of one execution. Pure: no I/O, clock, randomness, threads or logging; see interpreter.py."""
