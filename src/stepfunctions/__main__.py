"""``python -m stepfunctions`` is the command ``sfn``."""

from __future__ import annotations

import sys

from stepfunctions.cli.main import main

sys.exit(main())
