"""Random and mutated input for what strangers can send: definitions, paths, expressions and the wire.

::

    __main__ ── campaign ── worker process ── target: make(random) -> input; check(input)
                   │ a process that stands still is killed: its input hangs
                   └── reduction: the smallest input that fails in the same way

An input is JSON and depends on nothing but the seed, the target and its number, so each can be made again. What must
hold: an input is answered or refused in the way that is documented, within bounded time, and twice in the same way.
Whether an answer is right is for the tests; they have AWS's recordings.
"""
