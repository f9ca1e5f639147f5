# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators on pairs of elements, comparisons, selection, changes of type."""

from __future__ import annotations

import numpy as np

from ops.builder import Case, Node, Tensor
from ops.draw import Draw
from ops.registry import operator

ARITHMETIC = ("int8", "int16", "float32", "int32")
COMPARED = ("int8", "float32", "int32", "int64")


def operands(
    draw: Draw, scale_b: float | None = None, like: bool = False, special: bool = False
) -> tuple[Tensor, Tensor, tuple[int, ...]]:
    """Two inputs, one of them perhaps a constant, and the result's shape.

    Now and then both are the same tensor.
    """
    shape_a, shape_b = draw.pair()
    a = draw.tensor(shape_a, special=special)
    if draw.chance(0.05):
        if draw.dtype in ("int32", "int64"):
            a.limits = (-9, 9)
        return a, a, shape_a
    if like:
        b = draw.tensor(shape_b, like=a)
    else:
        scale = draw.near(a.scale) if a.scales else None
        b = draw.tensor(shape_b, scale_b or scale, special=special)
    if draw.dtype in ("int32", "int64"):  # the reference leaves overflow undefined
        a.limits = b.limits = draw.one_of((-9, 9), (-46000, 46000))
    if draw.chance(0.3):
        draw.constant(a if draw.chance(0.3) else b)
    return a, b, np.broadcast_shapes(shape_a, shape_b)


def arithmetic(draw: Draw, code: str, a: Tensor, b: Tensor, y: Tensor) -> Case:
    scaled = dict.fromkeys((a, b) if code in ("ADD", "SUB") else (a,))
    return Case([Node(code, [a, b], [y], draw.fused(y, *scaled))])


@operator("ADD", types=ARITHMETIC, litert=("uint8",))
def add(draw: Draw) -> Case:
    return _sum(draw, "ADD")


@operator("SUB", types=ARITHMETIC, litert=("uint8",))
def sub(draw: Draw) -> Case:
    return _sum(draw, "SUB")


def _sum(draw: Draw, code: str) -> Case:
    a, b, shape = operands(draw)
    scale = draw.near(max(a.scale, b.scale), -0.2, 0.7) if a.scales else None
    return arithmetic(draw, code, a, b, draw.tensor(shape, scale))


@operator("MUL", types=ARITHMETIC, litert=("uint8",))
def mul(draw: Draw) -> Case:
    a, b, shape = operands(draw, draw.scale() if draw.quantised() else None)
    size = 3000 if draw.dtype == "int16" else 50
    scale = draw.near(a.scale * b.scale * size) if a.scales else None
    return arithmetic(draw, "MUL", a, b, draw.tensor(shape, scale))


@operator("DIV", types=("int8", "float32", "int32"), litert=("uint8", "int16"))
def div(draw: Draw) -> Case:
    shape_a, shape_b = draw.pair()
    a = draw.tensor(shape_a)
    b = draw.tensor(shape_b, zero_point=None)
    if draw.dtype == "int32":  # the least number divided by -1 overflows
        a.limits = (-(1 << 31) + 1, (1 << 31) - 1)
    b.limits = away_from_zero(draw, b)
    if draw.chance(0.3):
        draw.constant(b)
    scale = draw.near(a.scale / b.scale / 40) if a.scales else None
    if scale and draw.extreme and draw.chance(0.2):  # nearly all quotients are 0
        scale = float(np.float32(a.scale / b.scale * 2.0 ** draw.rng.uniform(20, 31)))
    return arithmetic(draw, "DIV", a, b, draw.tensor(np.broadcast_shapes(shape_a, shape_b), scale))


def away_from_zero(draw: Draw, tensor: Tensor) -> tuple[float, float]:
    """A range on one side of what stands for 0, which nothing may be divided by."""
    if tensor.dtype == "float32":
        return draw.one_of((0.1, 10.0), (-3.0, -0.5))
    if not tensor.scales:
        return draw.one_of((1, 9), (-46000, -1))
    info = np.iinfo(tensor.dtype)
    zero = tensor.zero_point
    if zero - info.min > info.max - zero:
        return info.min, zero - 1
    return zero + 1, info.max


@operator("FLOOR_DIV", types=("float32",), litert=("int8", "int16", "int32"))
def floor_div(draw: Draw) -> Case:
    return _floor(draw, "FLOOR_DIV")


@operator("FLOOR_MOD", types=("float32",), litert=("int8", "int16", "int32"))
def floor_mod(draw: Draw) -> Case:
    return _floor(draw, "FLOOR_MOD")


def _floor(draw: Draw, code: str) -> Case:
    shape_a, shape_b = draw.pair()
    a, b = Tensor(shape_a, draw.dtype), Tensor(shape_b, draw.dtype)
    b.limits = draw.one_of((0.1, 10.0), (-3.0, -0.5)) if a.dtype == "float32" else (1, 9)
    if a.dtype != "float32" and draw.chance():
        b.limits = (-127, -2)
    if draw.chance(0.3):
        draw.constant(b)
    y = Tensor(np.broadcast_shapes(shape_a, shape_b), draw.dtype)
    return Case([Node(code, [a, b], [y])])


@operator("MAXIMUM", types=("int8", "int16", "float32", "int32", "int64"), litert=("uint8",))
def maximum(draw: Draw) -> Case:
    return _choose(draw, "MAXIMUM")


@operator("MINIMUM", types=("int8", "int16", "float32", "int32", "int64"), litert=("uint8",))
def minimum(draw: Draw) -> Case:
    return _choose(draw, "MINIMUM")


def _choose(draw: Draw, code: str) -> Case:
    a, b, shape = operands(draw, like=True)
    return Case([Node(code, [a, b], [draw.tensor(shape, like=a)])])


@operator("SQUARED_DIFFERENCE", types=ARITHMETIC)
def squared_difference(draw: Draw) -> Case:
    a, b, shape = operands(draw)
    scale = draw.near(max(a.scale, b.scale) ** 2 * 100) if a.scales else None
    return Case([Node("SQUARED_DIFFERENCE", [a, b], [draw.tensor(shape, scale)])])


def comparison(code: str) -> None:
    """Registers a comparison; its result is bool, its operands may differ in scale."""
    more = ("bool",) if code in ("EQUAL", "NOT_EQUAL") else ()

    # GREATER of int16 exists in TFLM, with factors that nothing sets.
    @operator(code, types=(*COMPARED, *more), litert=("uint8", "int16"))
    def spec(draw: Draw) -> Case:
        a, b, shape = operands(draw, special=True)
        for tensor in (a, b):  # the reference aborts for scales from 1
            tensor.scales = tuple(min(s, 0.99) for s in tensor.scales)
        if draw.dtype in ("float32", "int32", "int64") and draw.chance(0.6):
            a.limits = b.limits = (-2, 2)  # or nothing would be equal
            for tensor in (a, b):
                if tensor.values is not None:
                    draw.constant(tensor)
        return Case([Node(code, [a, b], [Tensor(shape, "bool")])])


for _code in ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL"):
    comparison(_code)


def logical(code: str) -> None:
    """Registers a connective of bools."""

    @operator(code, types=("bool",))
    def spec(draw: Draw) -> Case:
        if code == "LOGICAL_NOT":
            x = draw.tensor(draw.shape(1, 4))
            return Case([Node(code, [x], [draw.tensor(x.shape)])])
        a, b, shape = operands(draw)
        return Case([Node(code, [a, b], [draw.tensor(shape)])])


for _code in ("LOGICAL_AND", "LOGICAL_OR", "LOGICAL_NOT"):
    logical(_code)


@operator("SELECT_V2", types=("int8", "int16", "float32"), litert=("uint8", "int32", "int64", "bool"))
def select_v2(draw: Draw) -> Case:
    a, b, shape = operands(draw, like=True)
    shape_c = draw.one_of(shape, draw.broadcast(shape))
    condition = draw.maybe_constant(Tensor(tuple(shape_c), "bool"), 0.2)
    return Case([Node("SELECT_V2", [condition, a, b], [draw.tensor(shape, like=a)])])


@operator("SELECT", litert=("int8", "int16", "float32", "uint8", "int32", "int64", "bool"))
def select(draw: Draw) -> Case:
    """Of two tensors of one shape, by elements, by rows or all at once."""
    shape = draw.shape(1, 4)
    a, b = draw.tensor(shape), draw.tensor(shape)
    a.limits = b.limits = (0, 1) if draw.dtype == "bool" else None
    b.scales, b.zero_points = a.scales, a.zero_points
    condition = draw.maybe_constant(Tensor(draw.one_of(shape, shape[:1], ()), "bool"), 0.2)
    return Case([Node("SELECT", [condition, a, b], [draw.tensor(shape, like=a)])])


@operator("CAST", types=("int8", "int16", "float32", "int32", "bool"), litert=("int64", "uint8"))
def cast(draw: Draw) -> Case:
    types = ["int8", "int16", "int32", "float32", "bool"]
    if draw.dtype in ("int64", "uint8"):  # LiteRT knows more
        types += ["uint8", "int64"]
    target = draw.one_of(*types)
    x = Tensor(draw.shape(1, 4), draw.dtype)
    if x.dtype == "float32":  # what does not fit is undefined
        x.limits = (0.0, 120.0) if target in ("uint8", "bool") else (-120.0, 120.0)
    return Case([Node("CAST", [x], [Tensor(x.shape, target)])])


@operator("QUANTIZE", types=("int8", "int16", "float32", "int32"), litert=("uint8",))
def quantize(draw: Draw) -> Case:
    shape = draw.shape(1, 4)
    targets = {
        "int8": ("int8", "int16", "uint8", "int32"),
        "int16": ("int8", "int16", "int32"),
        "int32": ("int8", "int16"),
        "float32": ("int8", "int16"),
    }
    if draw.dtype == "uint8":  # what only LiteRT knows
        draw.dtype, target = draw.one_of(("uint8", "uint8"), ("uint8", "int8"), ("float32", "uint8"))
    else:
        target = draw.one_of(*targets[draw.dtype])
    if draw.dtype == "float32":
        y = draw.tensor(shape, dtype=target) if target != "int32" else _wide(draw, shape)
        info = np.iinfo(y.dtype)
        reach = y.scale * (min(info.max, 1 << 20) - max(info.min, -(1 << 20)))
        return Case([Node("QUANTIZE", [Tensor(shape, "float32", limits=(-reach, reach))], [y])])
    x = _wide(draw, shape) if draw.dtype == "int32" else draw.tensor(shape)
    if target == "int32":
        y = _wide(draw, shape)
        y.scales = (draw.near(x.scale, -2, 0.5),)
    else:
        wider = {"int8": 0.0, "uint8": 0.0, "int16": 2.0, "int32": 4.0}
        shift = wider[x.dtype] - wider[target]
        y = draw.tensor(shape, draw.near(x.scale * 10.0**shift), target)
    return Case([Node("QUANTIZE", [x], [y])])


def _wide(draw: Draw, shape: tuple[int, ...]) -> Tensor:
    """An int32 tensor with a scale, as biases and sums have."""
    return Tensor(shape, "int32", (draw.power(-7, -4),), (0,), limits=(-(1 << 24), 1 << 24))


@operator("DEQUANTIZE", types=("int8", "int16", "uint8"), litert=("float16",))
def dequantize(draw: Draw) -> Case:
    shape = draw.shape(1, 4)
    if draw.dtype == "float16":
        x = draw.constant(Tensor(shape, "float16", special=True))
        a = Tensor(shape, "float32")
        made = Tensor(shape, "float32")
        # The constant alone would leave a model without an input.
        return Case([Node("DEQUANTIZE", [x], [made]), Node("ADD", [made, a], [Tensor(shape, "float32")])])
    return Case([Node("DEQUANTIZE", [draw.tensor(shape)], [Tensor(shape, "float32")])])
