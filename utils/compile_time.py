#!/usr/bin/env python3
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures how long stm32-compile takes and writes docs/CompileTime.md.

Models of a folder, and synthetic ones that grow in operators and in bytes. Run it
with the Python of .venv on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from stm32_mlir.kernel_models import (
    Sample,
    make_bias,
    make_tensor,
    make_weights,
    write_samples,
)
from stm32_mlir.tflite_writer import Node
from stm32_mlir.tools import find_compile

ROOT = Path(__file__).resolve().parents[1]
OPERATORS = (25, 50, 100, 200, 400)
KILOBYTES = (256, 512, 1024, 2048, 4096)

PAGE = """<!-- Written by `utils/compile_time.py`. -->

# Compile time

Wall time of `stm32-compile MODEL --target {target} --quiet`, the best of {runs}, all of
it: reading, planning, writing C and the runtime's files. A time holds for the machine
that it was taken on; what carries over is the growth. `--timing` prints the same by
step and pass.

## Growth

Chains of 3x3 depthwise and 1x1 convolutions, and of fully connected layers of 1 MB
at most. From one row to the next the model doubles; a ratio of 2 is linear growth.

{growth}

## Models

{models}
"""


def make_chain(operators: int) -> bytes:
    """Depthwise and pointwise convolutions by turns, on 24x24x16."""
    x = make_tensor((1, 24, 24, 16), "int8")
    nodes = []
    for number in range(operators):
        y = make_tensor(x.shape, "int8")
        if number % 2:
            w = make_weights((16, 1, 1, 16), 0, "int8")
            code, extra = "CONV_2D", {}
        else:
            w = make_weights((1, 3, 3, 16), 3, "int8")
            code, extra = "DEPTHWISE_CONV_2D", {"depthMultiplier": 1}
        options = {"strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
        nodes.append(Node(code, [x, w, make_bias(16, x, w, False)], [y], options | extra))
        x = y
    return write_samples([Sample("chain", tuple(nodes))])


def make_matrices(kilobytes: int) -> bytes:
    """Fully connected layers with that many bytes of weights in all."""
    width = min(1024, int((kilobytes * 1024) ** 0.5))
    x = make_tensor((1, width), "int8")
    nodes = []
    for _ in range(kilobytes * 1024 // width**2):
        w, y = make_weights((width, width), -1, "int8"), make_tensor((1, width), "int8")
        nodes.append(Node("FULLY_CONNECTED", [x, w, make_bias(width, x, w, False)], [y]))
        x = y
    return write_samples([Sample("chain", tuple(nodes))])


def measure(model: Path, target: str, runs: int) -> float | None:
    """Seconds of the fastest run; None if the model is refused."""
    best = None
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            command = [find_compile(), model, "-o", folder, "--target", target, "--quiet"]
            begin = time.perf_counter()
            status = subprocess.run(command, capture_output=True, check=False).returncode
            seconds = time.perf_counter() - begin
        if status:
            return None
        best = seconds if best is None else min(best, seconds)
    return best


def growth_rows(target: str, runs: int) -> Iterable[str]:
    yield "| model | seconds | ratio |\n|---|--:|--:|"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.tflite")
        for sizes, make, unit in (
            (OPERATORS, make_chain, "operators"),
            (KILOBYTES, make_matrices, "KB of weights"),
        ):
            before = None
            for size in sizes:
                path.write_bytes(make(size))
                seconds = measure(path, target, runs)
                if seconds is None:
                    raise SystemExit(f"compile_time: {size} {unit} do not compile for {target}")
                ratio = f"{seconds / before:.2f}" if before else ""
                yield f"| {size:,} {unit} | {seconds:.2f} | {ratio} |"
                before = seconds


def model_rows(folder: Path, target: str, runs: int) -> Iterable[str]:
    yield "| model | bytes | seconds |\n|---|--:|--:|"
    for path in sorted(folder.glob("*.tflite")):
        seconds = measure(path, target, runs)
        text = f"{seconds:.2f}" if seconds is not None else "does not compile for this part"
        yield f"| {path.stem} | {path.stat().st_size:,} | {text} |"


def main() -> int:
    shared = os.environ.get("STM32_SHARED", ROOT.parent / "shared")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("-o", "--output", type=Path, default=ROOT / "docs" / "CompileTime.md")
    add("--models", type=Path, default=Path(shared) / "models", help="folder of .tflite models")
    add("--target", default="generic-m7")
    add("--runs", type=int, default=3)
    options = parser.parse_args()
    growth = "\n".join(growth_rows(options.target, options.runs))
    models = "\n".join(model_rows(options.models, options.target, options.runs))
    options.output.write_text(
        PAGE.format(target=options.target, runs=options.runs, growth=growth, models=models)
    )
    print(growth, models, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
