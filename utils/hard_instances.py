#!/usr/bin/env python3
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hard instances for the memory planner, and how it does on them.

    hard_instances.py STM32_PLAN DIR [--time-limit SECONDS | --node-limit NODES]

Writes A.csv ... K.csv into DIR, runs `stm32-plan` on each and prints a table in
Markdown. The instances are in the style of the public benchmarks of memory
allocation: 154 to 454 buffers, 1 MiB. A rectangle of 1 MiB times a number of steps
is cut, without waste, into buffers, and some of them are left out; so a plan of
1 MiB exists. The fewer are left out, the less room is left, and the harder it is to
find.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
from pathlib import Path

CAPACITY = 1 << 20
UNIT = 256
#: Name, buffers, and percent of the cut buffers that are left out.
INSTANCES = (
    ("A", 154, 10),
    ("B", 170, 5),
    ("C", 196, 20),
    ("D", 213, 8),
    ("E", 240, 30),
    ("F", 262, 12),
    ("G", 300, 15),
    ("H", 326, 25),
    ("I", 370, 40),
    ("J", 410, 18),
    ("K", 454, 25),
)

Buffer = tuple[int, int, int]  # first step, step after the last, bytes


def cut(rng: random.Random, count: int, dropped: int) -> list[Buffer]:
    """Cuts the rectangle until there are enough pieces, then leaves some out."""
    total = round(count * 100 / (100 - dropped))
    steps = total * 2
    pieces = [(0, steps, 0, CAPACITY // UNIT)]
    while len(pieces) < total:
        # A large piece, most of the time.
        chosen = max(rng.sample(range(len(pieces)), min(3, len(pieces))),
                     key=lambda i: (pieces[i][1] - pieces[i][0]) * (pieces[i][3] - pieces[i][2]))
        begin, end, low, high = pieces[chosen]
        if rng.random() < 0.5 and end - begin > 1:
            at = rng.randrange(begin + 1, end)
            pieces[chosen:chosen + 1] = [(begin, at, low, high), (at, end, low, high)]
        elif high - low > 1:
            at = rng.randrange(low + 1, high)
            pieces[chosen:chosen + 1] = [(begin, end, low, at), (begin, end, at, high)]
    rng.shuffle(pieces)
    return [(begin, end, (high - low) * UNIT) for begin, end, low, high in pieces[:count]]


def write(path: Path, buffers: list[Buffer]) -> None:
    lines = ["id,lower,upper,size"]
    lines += [f"b{i},{begin},{end},{size}" for i, (begin, end, size) in enumerate(buffers)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plan", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--time-limit", type=int, default=60, help="seconds for each (60)")
    parser.add_argument("--node-limit", type=int, help="nodes instead, which repeats exactly")
    arguments = parser.parse_args()
    limit = ["--time-limit", str(arguments.time_limit)]
    if arguments.node_limit:
        limit = ["--node-limit", str(arguments.node_limit)]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    print("| instance | buffers | bound | peak | gap | certificate | nodes | time |")
    print("|---|---|---|---|---|---|---|---|")
    for number, (name, count, dropped) in enumerate(INSTANCES):
        rng = random.Random(number)
        path = arguments.folder / f"{name}.csv"
        write(path, cut(rng, count, dropped))
        done = subprocess.run([arguments.plan, path, *limit], capture_output=True, text=True, check=False)
        print(f"| {name} | {count} |", summarize(done.stdout or done.stderr), flush=True)


def summarize(text: str) -> str:
    """The figures that stm32-plan prints, as cells."""
    facts = dict(re.findall(r"^\s*(\w[\w ]*?)[:\s]+(\S.*)$", text, re.M))
    return " | ".join(facts.get(key, "?") for key in ("bound", "peak", "gap", "certificate", "nodes", "time")) + " |"


if __name__ == "__main__":
    main()
