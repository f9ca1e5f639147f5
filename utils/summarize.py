#!/usr/bin/env python3
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Adds up test results in JUnit-like XML, as ctest, gtest, lit and pytest write it.

    summarize.py suite NAME --status N --totals FILE DIRECTORY
    summarize.py total --totals FILE

`suite` counts the tests in all .xml files of a directory, prints them in a line
and notes them in FILE; a suite whose program failed (status N) without a failed
test in its XML, or that ran no test, counts as one failure. `total` prints the
sum of what FILE holds, and its exit status is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import json
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Counts:
    """Numbers of tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def count_file(path: Path) -> Counts:
    """Counts the test cases of one file; a file that is not XML is a failure."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError:
        return Counts(failed=1)
    counts = Counts()
    for case in root.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            counts.skipped += 1
        else:
            counts.passed += 1
    return counts


def count_suite(directory: Path, status: int) -> Counts:
    """Counts all files of a suite whose program ended with `status`."""
    counts = sum((count_file(path) for path in sorted(directory.glob("*.xml"))), Counts())
    ran = counts.passed + counts.failed + counts.skipped > 0
    if counts.failed == 0 and (status != 0 or not ran):
        counts.failed = 1
    return counts


def read_totals(path: Path) -> dict[str, Counts]:
    """Suite name -> counts; empty if the file is not there."""
    if not path.exists():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    return {name: Counts(**counts) for name, counts in data.items()}


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    suite = commands.add_parser("suite", help="count one suite")
    suite.add_argument("name")
    suite.add_argument("directory", type=Path)
    suite.add_argument("--status", type=int, required=True)
    suite.add_argument("--totals", type=Path, required=True)
    total = commands.add_parser("total", help="print the sum")
    total.add_argument("--totals", type=Path, required=True)
    args = parser.parse_args()

    totals = read_totals(args.totals)
    if args.command == "suite":
        counts = count_suite(args.directory, args.status)
        totals[args.name] = counts
        text = json.dumps({name: asdict(value) for name, value in totals.items()}, indent=1)
        args.totals.write_text(text + "\n", encoding="utf-8")
        print(f"{args.name}: {counts}", flush=True)
        return 0
    counts = sum(totals.values(), Counts())
    print(counts)
    return 0 if counts.failed == 0 and counts.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
