"""Regular expressions of JavaScript that cannot hang the process.

A pattern is parsed (``parser``) and translated to Python's ``re`` (``translate``), with possessive quantifiers where
giving back characters cannot help. From the quantifiers left over follows how much backtracking a string of a given
length can cause: where that is too much, a machine that never backtracks (``machine``) runs instead, slower but in time
proportional to the string. Both take their steps from the budget of the evaluation. A pattern with backreferences or
lookaround, which the machine does not have, fails where it could backtrack too much.
"""
