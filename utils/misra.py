#!/usr/bin/env python3
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks C against MISRA C:2012 with cppcheck's addon, and the deviations.

    misra.py [--kernels] [FOLDER]

The runtime, its kernels on request (some minutes), and what stm32-compile wrote into
a folder. Prints how often each rule is deviated from; a rule that docs/Misra.md does
not list is an error. Exit status 1 then, 2 if cppcheck cannot run.
"""

from __future__ import annotations

import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEVIATIONS = ROOT / "docs" / "Misra.md"
RUNTIME = ROOT / "runtime"
FINDING = re.compile(r"^misra-c2012-(\d+\.\d+) (\S+)$")


def read_deviations(text: str) -> dict[str, str]:
    """Rule -> reason, from the rows `| 15.5 | ... | reason |` of the tables."""
    rows = re.findall(r"^\| (\d+\.\d+) \|[^|]*\|([^|]*)\|$", text, re.MULTILINE)
    return {rule: reason.strip() for rule, reason in rows}


def runtime_files(kernels: bool) -> list[Path]:
    """The C of the runtime that firmware may link."""
    found: list[Path] = []
    for folder in ("src", "api", "rpc"):
        found += (RUNTIME / folder).rglob("*.c")
    found += (RUNTIME / "image").glob("*.c")
    return sorted(path for path in found if kernels or "kernels" not in path.parts)


def find_deviations(files: list[Path], include: list[Path]) -> dict[str, set[str]]:
    """Rule -> places `file:line`."""
    command = ["cppcheck", "--addon=misra", "--std=c11", "--quiet", "--inline-suppr"]
    # Includes of the C library are not found, and not ours.
    command += [f"-j{os.cpu_count() or 1}", "--suppress=missingIncludeSystem"]
    command += ["--template={id} {file}:{line}", *(f"-I{folder}" for folder in include)]
    # Without a folder of its own it writes beside the sources.
    with tempfile.TemporaryDirectory(prefix="misra-") as folder:
        command.append(f"--cppcheck-build-dir={folder}")
        done = subprocess.run(
            [*command, *map(str, files)], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise OSError(done.stderr.strip() or f"cppcheck: exit status {done.returncode}")
    places: dict[str, set[str]] = collections.defaultdict(set)
    for line in done.stderr.splitlines():
        match = FINDING.match(line)
        if match:
            places[match[1]].add(match[2])
    return dict(places)


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description="MISRA C:2012 and the list of deviations")
    parser.add_argument("--kernels", action="store_true", help="check the kernels, too")
    parser.add_argument("folder", type=Path, nargs="?", help="generated code")
    arguments = parser.parse_args()
    include = [RUNTIME / "include", RUNTIME / "rpc", RUNTIME / "image"]
    include += sorted(path for path in (RUNTIME / "api").glob("*") if path.is_dir())
    groups = [(runtime_files(arguments.kernels), include)]
    if arguments.folder is not None:
        # Generated code has headers of its own.
        ours = {path.name for path in runtime_files(kernels=True)}
        made = sorted(path for path in arguments.folder.glob("*.c") if path.name not in ours)
        groups.append((made, [arguments.folder]))
    places: dict[str, set[str]] = collections.defaultdict(set)
    try:
        for files, folders in groups:
            for rule, found in find_deviations(files, folders).items():
                places[rule] |= found
    except OSError as error:
        print(f"misra: error: {error}; install it: apt-get install cppcheck", file=sys.stderr)
        return 2
    known = read_deviations(DEVIATIONS.read_text(encoding="utf-8"))
    status = 0
    for rule in sorted(places, key=lambda rule: [int(part) for part in rule.split(".")]):
        print(f"{rule:6} {len(places[rule]):4}")
        if rule not in known:
            status = 1
            where = ", ".join(sorted(places[rule])[:3])
            print(f"misra: error: rule {rule} is not in docs/Misra.md: {where}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
