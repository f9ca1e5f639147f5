# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares what a generated model computed with what the oracle computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from stm32_mlir.graph import Graph, GraphTensor
from stm32_mlir.oracle import Step as Expected
from stm32_mlir.report import CHANNELS_LAST, PLANAR, Report, Step, Tensor, dtype_of
from stm32_mlir.run import Written
from stm32_mlir.vectors import Case

#: Largest deviation of a float result, relative to the tensor's largest value.
FLOAT_TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Difference:
    """One tensor of one step of one vector that is not what it should be.

    operator is the index in the plan, -1 for an output that was compared alone;
    index, expected and got are those of the first element that differs.
    """

    vector: str
    step: int
    operator: int
    kind: str
    tensor: str
    index: tuple[int, ...]
    expected: float
    got: float
    count: int
    total: int

    def describe(self) -> str:
        """The difference in one line."""
        where = "output" if self.operator < 0 else f"layer {self.operator} ({self.kind})"
        return (
            f"{where} {self.tensor}{list(self.index)}: expected {self.expected:g}, "
            f"got {self.got:g}; {self.count} of {self.total} elements differ "
            f"(vector {self.vector}, step {self.step})"
        )


@dataclass(slots=True)
class Matching:
    """Which tensors of the source model can be compared in the plan.

    compared      index of the graph's tensor -> id in the plan
    views         names of views compared as the tensor that they show
    input_views   names of views of an input; no operator writes them, so their
                  place in the plan is compared with the input's
    narrowed      names of tensors of which the plan has fewer channels, and of
                  their views
    fused         names of tensors that the plan does not have
    """

    compared: dict[int, int] = field(default_factory=dict)
    views: list[str] = field(default_factory=list)
    input_views: list[str] = field(default_factory=list)
    narrowed: list[str] = field(default_factory=list)
    fused: list[str] = field(default_factory=list)


def match_tensors(graph: Graph, report: Report) -> Matching:
    """Finds the source model's tensors in the plan by name; a model in a board may have
    the first of joined names only.

    A view (reshape) and what it shows are one tensor in the plan under either
    name. Names that occur twice are matched in the order of execution. A tensor
    that never exists as a whole is as good as fused: the plan holds a ring of its
    rows, or rows that were read are overwritten before the last ones are there.
    Channels that never vary are left out unless stm32-compile is told to keep them.
    """
    names: dict[str, list[GraphTensor]] = {}
    candidates = graph.computed + graph.outputs
    for tensor in candidates:
        for name in {tensor.name, tensor.name.partition(";")[0]}:
            names.setdefault(name, []).append(tensor)
    result = Matching()
    partial = _overwritten(report)
    narrow: set[int] = set()
    # Several operators write one tensor where its parts are copied together.
    for output in dict.fromkeys(o for operator in report.operators for o in operator.outputs):
        planned = report.tensor(output)
        known = next(
            (t for t in names.get(planned.name, []) if t.index not in result.compared.keys() | narrow),
            None,
        )
        if known and planned.size == _bytes(known) and output not in partial:
            result.compared[known.index] = output
        elif known and planned.elements < math.prod(known.shape):
            narrow.add(known.index)
    roots = {graph.root(index): tensor for index, tensor in result.compared.items()}
    inputs = {tensor.index: place for tensor, place in zip(graph.inputs, report.inputs, strict=True)}
    for tensor in candidates:
        if tensor.index in result.compared:
            continue
        root = graph.root(tensor.index)
        if root in roots:
            result.compared[tensor.index] = roots[root]
            result.views.append(tensor.name)
        elif root in inputs and tensor.index != root and _shows_input(report, tensor, inputs[root].tensor):
            result.input_views.append(tensor.name)
        elif root in narrow or tensor.index in narrow:
            result.narrowed.append(tensor.name)
        else:
            result.fused.append(tensor.name)
    return result


def _bytes(tensor: GraphTensor) -> int:
    return int(np.prod(tensor.shape, dtype=np.int64)) * tensor.dtype.itemsize


def _overwritten(report: Report) -> set[int]:
    """Tensors of which rows are overwritten before the last ones are there."""
    last = {operator: number for number, operator in enumerate(report.order)}
    found: set[int] = set()
    under_way: dict[int, list[tuple[str, int, int]]] = {}
    for number, step in enumerate(report.steps):
        is_last = last[step.operator] == number
        for output in report.operators[step.operator].outputs:
            pool, begin, end = _written_bytes(report.tensor(output), step)
            for other, places in under_way.items():
                if other != output and any(p == pool and b < end and begin < e for p, b, e in places):
                    found.add(other)
            if is_last:
                under_way.pop(output, None)
            else:
                under_way.setdefault(output, []).append((pool, begin, end))
    return found


def _written_bytes(tensor: Tensor, step: Step) -> tuple[str, int, int]:
    """Pool, first byte and end of what a step writes of a tensor; all of it if in doubt."""
    whole = (tensor.pool, tensor.offset, tensor.offset + tensor.size)
    if step.count == 0 or len(tensor.shape) != 4 or tensor.layout != CHANNELS_LAST:
        return whole
    row = math.prod(tensor.shape[2:]) * dtype_of(tensor.type).itemsize
    held = tensor.size // row
    slot = step.first % held
    # Rows of the input that are collected, or rows around the end of a ring.
    if step.first + step.count > tensor.shape[1] or slot + step.count > held:
        return whole
    begin = tensor.offset + slot * row
    return tensor.pool, begin, begin + step.count * row


def _shows_input(report: Report, tensor: GraphTensor, input_id: int) -> bool:
    """True unless the plan has the view of an input somewhere else than the input."""
    shown = report.tensor(input_id)
    planned = [t for t in report.tensors if t.name == tensor.name]
    return all((t.pool, t.offset, t.size) == (shown.pool, shown.offset, shown.size) for t in planned)


def mask_of(expected: np.ndarray, got: np.ndarray, slack: float = 0.0) -> np.ndarray:
    """True, flat, where elements differ.

    Integers exactly. Floats by FLOAT_TOLERANCE of the largest finite value, or by
    `slack` where that is more; infinities exactly, and NaN equals NaN.
    """
    want, have = expected.ravel(), got.ravel()
    if want.dtype.kind not in "fc":
        return want != have
    same = (want == have) | (np.isnan(want) & np.isnan(have))
    finite = np.isfinite(want) & np.isfinite(have)
    largest = float(np.max(np.abs(want), initial=0.0, where=finite))
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(want - have) <= FLOAT_TOLERANCE * largest + slack
    return ~(same | (finite & near))


def compare_outputs(
    case: Case, names: Sequence[str], expected: Sequence[Sequence[np.ndarray]], got: Sequence[Sequence[np.ndarray]]
) -> list[Difference]:
    """Differences of the outputs of every step; arrays as [step][output]."""
    found = []
    for step, (wants, haves) in enumerate(zip(expected, got, strict=True)):
        for name, want, have in zip(names, wants, haves, strict=True):
            found += _differ(case.kind, step, -1, "", name, want, have)
    return found


def compare_tensors(
    case: Case,
    graph: Graph,
    report: Report,
    matching: Matching,
    expected: Sequence[Expected],
    written: Sequence[Sequence[Written]],
) -> list[Difference]:
    """Differences of every operator's result, in the order of execution.

    A tensor that several operators write is compared after the last of them.
    """
    last = {o: operator.index for operator in report.operators for o in operator.outputs}
    planar = {tensor.id for tensor in report.tensors if tensor.layout == PLANAR}
    order: dict[int, list[GraphTensor]] = {}
    for tensor in graph.computed + graph.outputs:
        if tensor.index in matching.compared:
            order.setdefault(matching.compared[tensor.index], []).append(tensor)
    found = []
    for step, (wants, records) in enumerate(zip(expected, written, strict=True)):
        for record in records:
            operator = report.operators[record.operator]
            for tensor in order.get(record.tensor, []):
                if last.get(record.tensor, record.operator) != record.operator:
                    continue
                want = wants.tensors[tensor.index]
                have = _values(record.data, report.tensor(record.tensor).type, want.dtype)
                if record.tensor in planar and want.ndim == 4 and have.size == want.size:
                    n, h, w, c = want.shape
                    have = have.reshape(n, c, h, w).transpose(0, 2, 3, 1)
                found += _differ(
                    case.kind, step, record.operator, operator.kind, tensor.name, want, have
                )
    return found


def _values(data: bytes, planned: str, wanted: np.dtype) -> np.ndarray:
    """Bytes of a tensor as the source model has it: the plan keeps uint8 as int8 less 128."""
    if wanted == np.uint8 and planned == "int8":
        return np.frombuffer(data, np.uint8) ^ np.uint8(0x80)
    return np.frombuffer(data, wanted)


def _parts(value: np.ndarray) -> np.ndarray:
    """Real and imaginary parts as the last dimension."""
    return np.stack([value.real, value.imag], axis=-1)


def _differ(
    vector: str, step: int, operator: int, kind: str, name: str, want: np.ndarray, have: np.ndarray
) -> list[Difference]:
    if want.size != have.size:  # the plan has a tensor of that name of another size
        return [
            Difference(
                vector, step, operator, kind, name, (), want.size, have.size, want.size, want.size
            )
        ]
    if want.dtype.kind == "c":  # the parts are compared, and named by one more dimension
        want, have = _parts(want), _parts(have)
    mask = mask_of(want, have)
    if not mask.any():
        return []
    first = int(np.argmax(mask))
    index = tuple(int(i) for i in np.unravel_index(first, want.shape)) if want.shape else ()
    return [
        Difference(
            vector,
            step,
            operator,
            kind,
            name,
            index,
            float(want.ravel()[first]),
            float(have.ravel()[first]),
            int(mask.sum()),
            want.size,
        )
    ]
