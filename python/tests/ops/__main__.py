# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Command line of the generator: python -m ops ADD --type int8 --cases 200."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from ops.harness import SHOWN, Summary, check, prepare
from ops.registry import SEED, Entry, entries
from ops.tables import refusal_line
from stm32_mlir.errors import Error
from stm32_mlir.tools import TOOLS_VARIABLE, find_compile


def main() -> int:
    """0 if every case passed, 1 if not, 2 if nothing could be run."""
    options = _parse()
    chosen = _choose(options.operators, options.types)
    if not chosen:
        print("no operator of that name and type; --list shows all", file=sys.stderr)
        return 2
    if options.list:
        for entry in chosen:
            print(f"{entry.name} {entry.dtype} {entry.oracle}")
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="ops-") as folder:
            if not options.oracle_only:
                _hold_compiler(Path(folder))
            return 0 if _check_all(chosen, options) else 1
    except Error as error:
        print(error.message("ops"), file=sys.stderr)
        return 2


def _hold_compiler(folder: Path) -> None:
    """Copies the compiler, so that a build going on does not take it away."""
    shutil.copy2(find_compile(), folder)
    os.environ[TOOLS_VARIABLE] = str(folder)


def _check_all(chosen: list[Entry], options: argparse.Namespace) -> bool:
    """Prints a summary of each; True if all are clean."""
    clean = True
    for entry in chosen:
        numbers = range(options.cases or entry.cases) if options.case is None else [options.case]
        start = time.monotonic()
        if options.case is not None:
            for prepared in prepare(entry, numbers, options.seed, Summary(entry, options.seed)):
                print(prepared.case.describe())
        summary = check(entry, numbers, options.seed, options.oracle_only, options.keep)
        if options.refusals:
            for reason in sorted(summary.unsupported):
                print(refusal_line(entry.label, reason), flush=True)
        else:
            _print(summary, time.monotonic() - start, options)
        clean = clean and summary.clean
    return clean


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops", description=__doc__)
    parser.add_argument("operators", nargs="*", metavar="OPERATOR", help="names, default all")
    parser.add_argument("--type", dest="types", action="append", help="may be repeated")
    parser.add_argument("--cases", type=int, help="of each operator and type")
    parser.add_argument("--case", type=int, help="only the case of that number")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--oracle-only", action="store_true", help="do not compile")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep models and generated C")
    parser.add_argument("--list", action="store_true", help="operators, types and their oracle")
    parser.add_argument(
        "--refusals", action="store_true", help="print what is not supported as refusals.txt has it"
    )
    parser.add_argument("--verbose", action="store_true", help="every difference")
    return parser.parse_args()


def _choose(names: list[str], types: list[str] | None) -> list[Entry]:
    wanted = {name.upper() for name in names}
    return [
        entry
        for entry in entries()
        if (not wanted or entry.name.upper() in wanted) and (not types or entry.dtype in types)
    ]


def _print(summary: Summary, seconds: float, options: argparse.Namespace) -> None:
    entry = summary.entry
    unsupported = sum(len(numbers) for numbers in summary.unsupported.values())
    counts = [
        f"{summary.passed} passed",
        f"{len(summary.different)} different",
        f"{unsupported} not supported",
    ]
    if summary.refused:
        counts.append(f"{sum(summary.refused.values())} refused by the oracle and drawn again")
    if summary.not_run:
        counts.append(f"{summary.not_run} not run")
    if summary.given_up:
        counts.append(f"{summary.given_up} given up")
    print(f"{entry.name} {entry.dtype} ({entry.oracle}): {', '.join(counts)} ({seconds:.1f} s)")
    for reason, numbers in summary.unsupported.items():
        shown = ", ".join(map(str, numbers[:3])) + (", ..." if len(numbers) > 3 else "")
        print(f"  not supported: {reason} ({len(numbers)}: case {shown})")
    for reason, count in summary.refused.items():
        print(f"  refused by the oracle: {reason} ({count})")
    limit = len(summary.different) if options.verbose else SHOWN
    for different in summary.different[:limit]:
        print("  " + different.describe().replace("\n", "\n  "))
    if len(summary.different) > limit:
        print(f"  and {len(summary.different) - limit} more, see --verbose")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
