"""Which distribution owns ``import stepfunctions``: ours is ``stepladder``, AWS's abandoned one ``stepfunctions``.

Both install the same package folder, so the one installed last wins, file by file. That is worth a clear word, and it
is found by looking for AWS's dist-info beside this package: reading all metadata would cost more than the import.
"""

from __future__ import annotations

import warnings
from pathlib import Path

REMEDY = "pip uninstall stepfunctions && pip install --force-reinstall --no-deps stepladder"


def predecessor_folder() -> Path | None:
    """Return the dist-info folder of AWS's own distribution if it is installed beside this one, or None."""
    beside = Path(__file__).resolve().parent.parent
    return next(iter(sorted(beside.glob("stepfunctions-*.dist-info"))), None)


def warn_of_predecessor() -> None:
    """Warn if AWS's distribution is installed over, or under, this one."""
    found = predecessor_folder()
    if found is not None:
        warnings.warn(
            f"AWS's distribution {found.name.removesuffix('.dist-info')} is installed beside stepladder and shares its "
            f"import name: whichever was installed last owns each file. Mend it with: {REMEDY}",
            RuntimeWarning,
            stacklevel=3,
        )
