# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The table of operators that can be drawn, filled by the files of specs."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ops.builder import Case
from ops.draw import Draw

Spec = Callable[[Draw], Case]

#: Files that hold specs.
_FAMILIES = (
    "conv", "elementwise", "activations", "movement", "reduction", "recurrent", "custom", "signal",
    "graphs", "pruned",
)

#: Seed and number of cases that the tests and the table of refusals stand on.
SEED = 1
CASES = {"int8": 200, "int16": 200, "float32": 200, "hybrid": 200, "uint8": 100}
#: The same for types that stand for no measurement, such as int64, and for graphs.
RARE_CASES = 50
GRAPH_CASES = 100
#: Cases of one model. uint8 tensors are converted at the edges of a model, and
#: many of those keep the memory planner busy; so do graphs.
BATCH = 100
UINT8_BATCH = 50
SMALL_BATCH = 25

#: What stm32-compile can optimize for.
MODES = ("balanced", "time", "ram", "flash")

#: TensorFlow Lite Micro's reference kernels; LiteRT's built-in reference kernels.
TFLM, LITERT = "tflm", "litert"


@dataclass(frozen=True, slots=True)
class Entry:
    """One operator, or graphs of them, in one type.

    oracle    who knows what it must compute
    is_graph  of several operators: models take fewer cases and are compiled in
              all modes, by turns
    """

    name: str
    dtype: str
    oracle: str
    spec: Spec
    is_graph: bool = False

    @property
    def label(self) -> str:
        return f"{self.name}-{self.dtype}"

    @property
    def cases(self) -> int:
        return GRAPH_CASES if self.is_graph else CASES.get(self.dtype, RARE_CASES)

    @property
    def batch(self) -> int:
        if self.is_graph:
            return SMALL_BATCH
        return UINT8_BATCH if self.dtype == "uint8" else BATCH

    def mode(self, number: int) -> str:
        """What the case of that number is optimized for."""
        return MODES[number // SMALL_BATCH % len(MODES)] if self.is_graph else MODES[0]

    def draw(self, seed: int, number: int, attempt: int = 0) -> Case:
        """The case of that number; `attempt` counts what the oracle refused."""
        return self.spec(Draw(self.rng(seed, number, attempt), self.dtype))

    def rng(self, *numbers: int) -> np.random.Generator:
        """A generator of its own for each operator, type and numbers."""
        return np.random.default_rng([zlib.crc32(self.label.encode()), *numbers])


_entries: dict[tuple[str, str], Entry] = {}


def operator(
    name: str,
    types: tuple[str, ...] = (),
    litert: tuple[str, ...] = (),
    is_graph: bool = False,
) -> Callable[[Spec], Spec]:
    """Registers a spec; `litert` are the types that only LiteRT can compute."""

    def register(spec: Spec) -> Spec:
        for oracle, dtypes in ((TFLM, types), (LITERT, litert)):
            for dtype in dtypes:
                if (name, dtype) in _entries:
                    raise KeyError(f"{name} in {dtype} has two specs")
                _entries[name, dtype] = Entry(name, dtype, oracle, spec, is_graph)
        return spec

    return register


def entries() -> list[Entry]:
    """All operators and types, in the order of the files."""
    for family in _FAMILIES:
        importlib.import_module(f"ops.{family}")
    return list(_entries.values())
