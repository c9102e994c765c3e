"""Makes this folder's helpers importable, and gives every test a player that checks the interpreter as it goes."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
