# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One-operator models as the tests draw them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from stm32_mlir.tflite_writer import RESOURCE, ModelWriter, Node, Tensor

#: Inputs or outputs of a run, in the model's order.
Arrays = tuple[np.ndarray, ...]


@dataclass(eq=False, slots=True)
class Case:
    """A model of one operator, or of the few that show one.

    nodes    in the order of execution
    steps    runs of one vector, more than one for operators with state
    initial  operators of a second subgraph that a CALL_ONCE runs
    meant    takes from the outputs of a run what is defined; None: all of them
    slack    error of float outputs that the oracle itself may make
    shown    what is an output though it is read again, or is an input
    """

    nodes: list[Node]
    steps: int = 1
    initial: list[Node] = field(default_factory=list)
    meant: Callable[[Arrays], Arrays] | None = None
    slack: float = 0.0
    shown: list[Tensor] = field(default_factory=list)

    @property
    def inputs(self) -> list[Tensor]:
        """What is read and comes from outside, in the order of first use."""
        made = {t for node in self.nodes for t in node.outputs}
        read = [t for node in self.nodes for t in node.inputs if t is not None]
        return [
            t for t in dict.fromkeys(read) if t not in made and t.values is None and not t.variable
        ]

    @property
    def outputs(self) -> list[Tensor]:
        """What is computed and not read again, and what is shown."""
        read = {t for node in self.nodes for t in node.inputs}
        made = [t for node in self.nodes for t in node.outputs]
        return [t for t in made if t not in read and t.dtype != RESOURCE] + self.shown

    def describe(self) -> str:
        """Operators, options and tensors, a line for each."""
        lines = []
        for title, nodes in (("", self.nodes), ("initially ", self.initial)):
            for node in nodes:
                lines.append(f"{title}{node.code} {node.options or ''}".rstrip())
                for side, tensors in (("in", node.inputs), ("out", node.outputs)):
                    for tensor in tensors:
                        lines.append(f"  {side:3} {tensor.describe() if tensor else 'none'}")
        return "\n".join(lines)


def write_model(cases: Iterable[tuple[str, Case]]) -> bytes:
    """A .tflite of independent cases; each names its tensors with a prefix.

    The inputs and outputs of the model are those of all cases in order.
    """
    model = ModelWriter()
    main = model.subgraph()
    for prefix, case in cases:
        if case.initial:
            number = model.subgraph()
            model.add(number, prefix + "i", case.initial, [], [])
            once = Node("CALL_ONCE", [], [], {"initSubgraphIndex": number})
            model.add(main, prefix, [once], [], [])
        model.add(main, prefix, case.nodes, case.inputs, case.outputs)
    return model.pack()
