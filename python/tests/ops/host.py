# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles a batch with stm32-compile and gcc and runs it under sanitizers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ops.builder import Arrays
from stm32_mlir.build import build_host, compile_model
from stm32_mlir.errors import Error
from stm32_mlir.run import run_cases
from stm32_mlir.tools import cache_folder
from stm32_mlir.vectors import Case as Vector


class Refused(Error):
    """What stm32-compile says is wrong with a model."""


def run_compiled(
    model: bytes, vectors: Sequence[Sequence[Arrays]], folder: Path, optimize: str = "balanced"
) -> list[list[Arrays]]:
    """Outputs as [vector][step][output]; Error if anything fails, Refused if the model is at fault."""
    path = folder / "ops.tflite"
    path.write_bytes(model)
    try:
        generated = compile_model(path, folder / "c", "host", "net", optimize)
    except Error as error:
        if error.what.startswith("stm32-compile "):  # it crashed
            raise
        raise Refused(error.what, details=error.details) from error
    # Without optimisation gcc needs a fifth of the time.
    program = build_host(generated, folder, flags=("-O0",), cache=cache_folder("objects"))
    cases = [Vector(str(i), tuple(vector)) for i, vector in enumerate(vectors)]
    result = run_cases(program, generated.report, cases, folder)
    return [[tuple(step) for step in vector] for vector in result.outputs]
