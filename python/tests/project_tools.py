# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the tests of projects share: builds, and what a demo must print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
from shared_models import DIGITS

from stm32_mlir.graph import load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.project import ProjectSettings, write_project
from stm32_mlir.report import Report
from stm32_mlir.vectors import make_cases

#: First line that the demo of digits prints.
FIRST = "digits on {board}: 8 operators, 45312 MACs"
#: Elements of an output that a demo prints.
SHOWN = 16


def call(*words: object, cwd: Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Runs a program of a project; what it prints is kept."""
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
        # Projects of one part have the same objects; their folders say nothing.
        env={**os.environ, "CCACHE_NOHASHDIR": "1"},
    )


CCACHE = shutil.which("ccache")


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """make with warnings as errors."""
    compiler = ["CC=ccache arm-none-eabi-gcc"] if CCACHE else []
    return call("make", "-j2", *compiler, "EXTRA_CFLAGS=-Werror", *words, cwd=folder)


def cmake(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Configures and builds with warnings as errors; the build's outcome."""
    options = ["-G", "Ninja"] if shutil.which("ninja") else []
    options += ["-DCMAKE_C_COMPILER_LAUNCHER=ccache"] if CCACHE else []
    done = call("cmake", "-B", "build", *options, "-DCMAKE_C_FLAGS=-Werror", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return call("cmake", "--build", "build", "-j2", cwd=folder)


def write(
    folder: Path, template: str, board: str, model: Path = DIGITS, **more: object
) -> Report:
    """Writes a project; the model's name is digits unless `more` says otherwise."""
    settings = {"name": "digits", **more}
    return write_project(ProjectSettings(model, board, template, folder, **settings))


def output_line(index: int, value: np.ndarray) -> str:
    """What a demo prints of an output of integers."""
    flat = value.ravel()
    words = "".join(f" {element}" for element in flat[:SHOWN].tolist())
    more = " ..." if flat.size > SHOWN else ""
    return f"output {index}:{words}{more} (crc32 {zlib.crc32(value.tobytes()):08x})"


def check_text(text: str, first: str, outputs: list[str], last: str) -> int:
    """Compares all that a demo printed; the cycles it counted."""
    lines = text.replace("\r\n", "\n").splitlines()
    assert len(lines) == 3 + len(outputs), text
    assert lines[0] == first
    cycles = re.fullmatch(r"run: (\d+) cycles at (\d+) Hz", lines[1])
    assert cycles, lines[1]
    assert lines[2:-1] == outputs
    assert lines[-1] == last
    return int(cycles[1])


def digits_lines() -> list[str]:
    """What the demo must print of the outputs, from the oracle itself."""
    graph = load_graph(DIGITS)
    case = make_cases(graph.inputs, 7, 1)[6]
    (value,) = Oracle(graph).run(case)[0].outputs
    assert len(np.unique(value)) > 4, "the comparison cannot fail"
    return [output_line(0, value)]
