# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators with state: LSTM, SVDF, variables."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from ops.builder import RESOURCE, Case, Node, Tensor
from ops.draw import ACTIVATIONS, Draw
from ops.registry import operator

#: Runs of one vector.
STEPS = 3


def matrix(draw: Draw, shape: tuple[int, ...]) -> Tensor:
    """Constant weights: int8 for quantised activations."""
    if draw.dtype == "float32":  # greater ones make a step amplify roundings
        width = 2 / shape[1] ** 0.5
        return draw.constant(Tensor(shape, "float32", limits=(-width, width)))
    return draw.constant(Tensor(shape, "int8", (draw.power(-2.7, -1.7),), (0,), limits=(-127, 127)))


def offsets(draw: Draw, count: int, scale: float) -> Tensor:
    if draw.dtype == "float32":
        return draw.constant(Tensor((count,), "float32"))
    dtype = "int64" if draw.dtype == "int16" else "int32"
    limit = int(min(1 << 22, 3.0 / scale))
    return draw.constant(
        Tensor((count,), dtype, (float(np.float32(scale)),), (0,), limits=(-limit, limit))
    )


@operator("UNIDIRECTIONAL_SEQUENCE_LSTM", types=("int8", "int16", "float32"))
def unidirectional_sequence_lstm(draw: Draw) -> Case:
    batch, time = draw.one_of(1, 1, 2, 3), draw.integer(1, 6)
    inner, units = draw.integer(1, 9), draw.integer(1, 9)
    major = draw.chance(0.4)
    lead = (time, batch) if major else (batch, time)
    x = draw.tensor((*lead, inner), draw.power(-2.7, -0.7) if draw.quantised() else None)
    hidden = Tensor((batch, units), draw.dtype, variable=True)
    if draw.quantised():
        hidden.scales, hidden.zero_points = (1 / 128,), (draw.one_of(0, 0, -1, 5),)
        if draw.dtype == "int16":
            hidden.scales, hidden.zero_points = (2.0**-15,), (0,)
        if draw.chance(0.3):
            hidden.scales = (draw.near(hidden.scale, -0.1, 0.1),)
    cell = Tensor((batch, units), "float32", variable=True)
    if draw.quantised():
        power = -draw.one_of(10, 11, 12, 13, 14, 15)
        cell = Tensor((batch, units), "int16", (2.0**power,), (0,), variable=True)
    to_gates = [matrix(draw, (units, inner)) for _ in range(4)]
    recurrent = [matrix(draw, (units, units)) for _ in range(4)]
    bias = [
        offsets(draw, units, x.scale * w.scale if w.scales else 0.0) for w in to_gates
    ]
    inputs = [x, *to_gates, *recurrent, None, None, None, *bias, None, None, hidden, cell]
    y = Tensor((*lead, units), draw.dtype, hidden.scales, hidden.zero_points)
    options = {
        "fusedActivationFunction": schema.ActivationFunctionType.TANH,
        "cellClip": draw.one_of(0.0, 10.0, 0.5, draw.real(0.1, 4)),
        "timeMajor": major,
    }
    middle = [Tensor((0,), "float32") for _ in range(4)]
    middle.append(Tensor((0,), draw.dtype, hidden.scales, hidden.zero_points))
    inputs += [None] * 4
    node = Node(
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        inputs,
        [y],
        options,
        intermediates=middle if draw.quantised() else (),
    )
    return Case([node], STEPS)


@operator("SVDF", types=("int8", "float32"))
def svdf(draw: Draw) -> Case:
    batch, inner = draw.one_of(1, 1, 2), draw.integer(1, 12)
    units, rank, memory = draw.integer(1, 8), draw.integer(1, 3), draw.integer(1, 8)
    filters = units * rank
    x = draw.tensor((batch, inner))
    feature = matrix(draw, (filters, inner))
    wide = draw.chance()
    state = Tensor((batch, memory * filters), draw.dtype, variable=True)
    time = matrix(draw, (filters, memory))
    y = draw.tensor((batch, units))
    if draw.quantised():
        spread = x.scale * feature.scale * inner**0.5
        state.dtype = "int16" if wide else "int8"
        state.scales = (draw.near(spread * (0.2 if wide else 40)),)
        state.zero_points = (0 if wide else draw.zero_point(),)
        if wide:
            time = draw.constant(Tensor(time.shape, "int16", (draw.power(-5, -4),), (0,)))
        inside = state.scale * time.scale
        size = memory**0.5 * (10000 * 6000 if wide else 40 * 70)
        y = draw.tensor(y.shape, draw.near(inside * size / 40))
        bias = offsets(draw, units, inside)
    else:
        bias = offsets(draw, units, 0.0)
    options = {"rank": rank, "fusedActivationFunction": draw.one_of(*ACTIVATIONS[:2])}
    inputs = [x, feature, time, bias, state]
    return Case([Node("SVDF", inputs, [y], options, version=3)], STEPS)


VARIABLE = ("int8", "int16", "float32", "int32", "int64", "bool")


def variables(code: str) -> None:
    """Registers a model that counts in a variable, under the name of one of its operators."""

    @operator(code, types=VARIABLE, litert=("uint8",))
    def spec(draw: Draw) -> Case:
        """state = start; each run: y = x + state, state = y."""
        x = draw.tensor(draw.shape(1, 4, 60))
        start = draw.constant(draw.tensor(x.shape, like=x))
        handles = [Tensor((), RESOURCE) for _ in range(2)]
        state, y = draw.tensor(x.shape, like=x), draw.tensor(x.shape, like=x)
        name = {"sharedName": "state"}
        initial = [
            Node("VAR_HANDLE", [], [handles[1]], name),
            Node("ASSIGN_VARIABLE", [handles[1], start], []),
        ]
        nodes = [
            Node("VAR_HANDLE", [], [handles[0]], name),
            Node("READ_VARIABLE", [handles[0]], [state]),
            Node("CONCATENATION", [x, state], [draw.tensor((*x.shape[:-1], 2 * x.shape[-1]), like=x)], {"axis": -1}),
            Node("ASSIGN_VARIABLE", [handles[0], x], []),
        ]
        del y
        return Case(nodes, STEPS, initial)


for _code in ("VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "CALL_ONCE"):
    variables(_code)
