#!/usr/bin/env python3
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures how many bytes each kernel brings and writes include/stm32/Target/KernelCode.inc.

Run it with the Python of .venv after a change of kernels; --optimize flash chooses by
these. The compiler must be built, as it knows the kernels; build it again afterwards.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from stm32_mlir.kernel_code import CODE_FILE, measure_code, read_code, write_code

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    path = ROOT / CODE_FILE
    before = read_code(path.read_text(encoding="utf-8")) if path.is_file() else {}
    with tempfile.TemporaryDirectory() as work:
        sizes = measure_code(Path(work))
    path.write_text(write_code(sizes), encoding="utf-8")
    for name in sorted(before.keys() | sizes.keys()):
        if before.get(name) != sizes.get(name):
            print(f"{name}: {before.get(name, 'new')} -> {sizes.get(name, 'gone')}")


if __name__ == "__main__":
    main()
