"""``python -m fuzz``: fuzz everything for ten minutes, or one target, or check one input again."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from textwrap import indent

from fuzz import campaign
from fuzz.targets import TARGETS

_SHOWN_MAX = 4000


def main() -> int:
    """Fuzz, and return the exit code: 1 if there was a finding."""
    options = _options()
    names = [options.target] if options.target else list(TARGETS)
    print(f"seed {options.seed}", flush=True)
    if options.number is not None:
        results = [campaign.again(names[0], options.seed, options.number)]
    else:
        results = campaign.run(names, options.seed, options.seconds, options.jobs)
    for result in results:
        print(f"{result.target}: {result.count} inputs in {result.seconds:.0f} s, {len(result.found)} findings")
    for found in (each for result in results for each in result.found):
        _report(found, options.seed)
    return 1 if any(result.found for result in results) else 0


def _report(found: campaign.Found, seed: int) -> None:
    given = json.dumps(found.given)
    print(f"\n{found.target} {found.number}")
    print(indent(found.what.strip(), "    "))
    print(f"    input: {given[:_SHOWN_MAX]}{'...' if len(given) > _SHOWN_MAX else ''}")
    print(f"    again: python -m fuzz --target {found.target} --seed {seed} --number {found.number}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="how long in all; 600 if not given")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of all inputs; random if not given")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes at a time; 2 if not given")
    parser.add_argument("--target", choices=sorted(TARGETS), help="this one only")
    parser.add_argument("--number", type=int, help="this input of the target only")
    options = parser.parse_args()
    if options.number is not None and options.target is None:
        parser.error("--number is the number of an input of a --target")
    return options


if __name__ == "__main__":
    sys.exit(main())
