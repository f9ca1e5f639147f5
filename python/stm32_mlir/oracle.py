# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The numeric oracle: TensorFlow Lite Micro's reference kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stm32_mlir.errors import Error
from stm32_mlir.graph import Graph
from stm32_mlir.vectors import Case

#: Bytes for the interpreter; only what it touches becomes real memory.
ARENA_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Step:
    """What one run gives: outputs in order, and tensor index -> value.

    `tensors` holds the outputs and, if the oracle shows all tensors, what every
    operator wrote.
    """

    outputs: tuple[np.ndarray, ...]
    tensors: dict[int, np.ndarray]


class Oracle:
    """Runs a model with TensorFlow Lite Micro."""

    def __init__(self, graph: Graph, all_tensors: bool = False) -> None:
        """Loads the model; Error if the oracle cannot run it."""
        self._graph = graph
        self._data = graph.exposed() if all_tensors else graph.data
        self._shown = graph.outputs + (graph.computed if all_tensors else ())
        self._interpreter = self._load()

    def _load(self):  # noqa: ANN202 (the package has no types)
        from tflite_micro import runtime

        try:
            return runtime.Interpreter.from_bytes(self._data, arena_size=ARENA_BYTES)
        except (RuntimeError, ValueError) as error:
            raise Error(
                f"TensorFlow Lite Micro cannot load the model: {error}",
                "the oracle serves int8, int16 and float32 models with its operators",
            ) from error

    def run(self, case: Case) -> list[Step]:
        """Every step of one case, from the initial state."""
        if self._graph.stateful:
            self._interpreter = self._load()
        return [self._step(inputs) for inputs in case.steps]

    def _step(self, inputs: Sequence[np.ndarray]) -> Step:
        for index, value in enumerate(inputs):
            self._interpreter.set_input(value, index)
        self._interpreter.invoke()
        values = [np.array(self._interpreter.get_output(i)) for i in range(len(self._shown))]
        by_index = {t.index: value for t, value in zip(self._shown, values, strict=True)}
        return Step(tuple(values[: len(self._graph.outputs)]), by_index)
