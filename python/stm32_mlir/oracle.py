# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The numeric oracle: TensorFlow Lite Micro's reference kernels, or LiteRT's."""

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


class Micro:
    """TensorFlow Lite Micro."""

    def __init__(self, data: bytes) -> None:
        from tflite_micro import runtime

        self._interpreter = runtime.Interpreter.from_bytes(data, arena_size=ARENA_BYTES)

    def run(self, inputs: Sequence[np.ndarray], outputs: int) -> list[np.ndarray]:
        for index, value in enumerate(inputs):
            self._interpreter.set_input(value, index)
        self._interpreter.invoke()
        return [np.array(self._interpreter.get_output(i)) for i in range(outputs)]


class LiteRT:
    """LiteRT with its reference kernels, for uint8 and for operators that TFLM lacks."""

    def __init__(self, data: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        self._interpreter = Interpreter(
            model_content=data,
            num_threads=1,
            experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
        )
        self._interpreter.allocate_tensors()

    def run(self, inputs: Sequence[np.ndarray], outputs: int) -> list[np.ndarray]:
        details = self._interpreter.get_input_details()
        for detail, value in zip(details, inputs, strict=True):
            self._interpreter.set_tensor(detail["index"], value)
        self._interpreter.invoke()
        shown = self._interpreter.get_output_details()[:outputs]
        return [np.array(self._interpreter.get_tensor(detail["index"])) for detail in shown]


class Oracle:
    """Runs a model with TensorFlow Lite Micro; with LiteRT if that cannot run it."""

    def __init__(self, graph: Graph, all_tensors: bool = False) -> None:
        """Loads the model; Error if neither can run it."""
        self._graph = graph
        self._data = graph.exposed() if all_tensors else graph.data
        self._shown = graph.outputs + (graph.computed if all_tensors else ())
        self._reasons: list[str] = []
        self._interpreter = self._load()

    def _load(self) -> Micro | LiteRT:
        while len(self._reasons) < 2:
            try:
                return (Micro, LiteRT)[len(self._reasons)](self._data)
            except (RuntimeError, ValueError) as error:
                self._reasons.append(str(error))
        raise Error(
            f"TensorFlow Lite Micro cannot run the model: {self._reasons[0]}",
            f"nor can LiteRT, which serves uint8 and more operators: {self._reasons[1]}",
        )

    def run(self, case: Case) -> list[Step]:
        """Every step of one case, from the initial state."""
        if self._graph.stateful:
            self._interpreter = self._load()
        try:
            return [self._step(inputs) for inputs in case.steps]
        except RuntimeError as error:
            # Some operators refuse their types only when they run.
            self._reasons.append(str(error))
            self._interpreter = self._load()
            return self.run(case)

    def _step(self, inputs: Sequence[np.ndarray]) -> Step:
        values = self._interpreter.run(inputs, len(self._shown))
        by_index = {t.index: value for t, value in zip(self._shown, values, strict=True)}
        return Step(tuple(values[: len(self._graph.outputs)]), by_index)
