"""A small sign for each state type: paths in a square of 16 units, stroked and not filled. No fonts.

Source: none; drawn for this.
"""

from __future__ import annotations

from typing import Final

GLYPHS: Final = {
    "Task": "M2.5 3.5H13.5V12.5H2.5ZM5 6.5 7 8 5 9.5M8.5 10H11",
    "Pass": "M2 8H13M9.5 4.5 13 8 9.5 11.5",
    "Wait": "M8 2A6 6 0 1 1 7.99 2ZM8 4.5V8L10.5 9.5",
    "Choice": "M8 1.5 14.5 8 8 14.5 1.5 8Z",
    "Succeed": "M8 2A6 6 0 1 1 7.99 2ZM5 8.2 7.2 10.4 11 6",
    "Fail": "M8 2A6 6 0 1 1 7.99 2ZM5.7 5.7 10.3 10.3M10.3 5.7 5.7 10.3",
    "Parallel": "M8 1.5V4M3.5 14.5V6.5Q3.5 4 6 4H10Q12.5 4 12.5 6.5V14.5M8 4V14.5",
    "Map": "M2.5 5.5H10.5V13.5H2.5ZM5 5.5V3H13V11H10.5",
}
UNKNOWN: Final = "M5.5 6A2.5 2.5 0 1 1 8 8.7V10M8 12.2V13"
