# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a model of each operator and type, which the fuzzer starts from.

    python -m ops.seeds DIR
"""

from __future__ import annotations

import sys
from pathlib import Path

from ops.builder import write_model
from ops.registry import SEED, entries

#: Models of each operator and type.
EACH = 1


def write_seeds(folder: Path, each: int = EACH) -> int:
    """Writes the first cases of every entry as DIR/NAME-TYPE-NUMBER.tflite; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in entries():
        for number in range(each):
            model = write_model([("c0", entry.draw(SEED, number))])
            (folder / f"{entry.label}-{number}.tflite").write_bytes(model)
    return each * len(entries())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {__doc__.splitlines()[2].strip()}")
    write_seeds(Path(sys.argv[1]))
