# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of kernels that compute element by element."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from stm32_mlir.kernel_models import (
    _SCALES,
    ACTIVATIONS,
    Sample,
    Shape,
    family,
    make_fixed,
    make_sample,
    make_tensor,
    make_values,
    shape_text,
)
from stm32_mlir.tflite_writer import Tensor

# ----------------------------------------------------------------------------
# Element by element
# ----------------------------------------------------------------------------

#: Shapes of two operands: equal, a value for each channel, one value, rows.
_BROADCASTS = (
    ((1, 16, 16, 8), (1, 16, 16, 8)),
    ((1, 12, 12, 16), (16,)),
    ((1, 16, 16, 8), (1,)),
    ((1, 16, 16, 3), (1, 16, 16, 1)),
)


def _pairs_of(code: str, dtype: str, shapes: object, result: str = "", **more: float) -> Iterable[Sample]:
    """An operator on two tensors; `result` is its type, `more` limits and factors."""
    for shape_a, shape_b in shapes:  # type: ignore[attr-defined]
        a = make_tensor(shape_a, dtype)
        b = make_tensor(shape_b, dtype, more.get("factor", 1.1))
        if "low" in more:
            b.limits = (more["low"], more["high"])
        y = make_tensor(np.broadcast_shapes(shape_a, shape_b), result or dtype, more.get("y", 1.3))
        label = f"{dtype} {shape_text(shape_a)}, {shape_text(shape_b)}"
        label += ", one scale" if more.get("factor") == 1.0 and a.scales else ""
        yield make_sample(label, code, [a, b], y)


@family
def _arithmetic() -> Iterable[Sample]:
    more = tuple((shape, shape) for shape in ((1, 32, 32, 16), (1, 5, 5, 7), (1, 3, 20)))
    for code in ("ADD", "SUB"):
        for dtype in ("int8", "int16"):
            yield from _pairs_of(code, dtype, (*_BROADCASTS, *more))
    for dtype, y in (("int8", 2.5), ("int16", 3.0)):
        yield from _pairs_of("MUL", dtype, _BROADCASTS, y=y)
    for dtype in ("int8", "int16"):
        yield from _pairs_of("SQUARED_DIFFERENCE", dtype, _BROADCASTS[:2], y=2.0)
    for dtype in ("int8", "int16"):
        yield from _pairs_of("DIV", dtype, _BROADCASTS[:2], low=5, high=120)


@family
def _arithmetic_32() -> Iterable[Sample]:
    shapes = _BROADCASTS[:2]
    for dtype in ("float32", "int32"):
        low = 1 if dtype == "int32" else 0.1
        for code in ("ADD", "SUB", "MUL", "SQUARED_DIFFERENCE"):
            yield from _pairs_of(code, dtype, shapes)
        for code in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
            yield from _pairs_of(code, dtype, shapes, low=low, high=15)
    for code in ("FLOOR_DIV", "FLOOR_MOD"):
        for dtype in ("int8", "int16"):
            yield from _pairs_of(code, dtype, shapes, factor=1.0, y=1.0, low=1, high=15)
    for code in ("LOGICAL_AND", "LOGICAL_OR"):
        yield from _pairs_of(code, "bool", shapes)


@family
def _prelu() -> Iterable[Sample]:
    for dtype in ACTIVATIONS:
        for shape in ((1, 12, 12, 16), (1, 8, 64)):
            slopes = "int8" if dtype == "int16" else dtype
            x, alpha = make_tensor(shape, dtype), make_values(make_tensor(shape[-1:], slopes, 0.1))
            label = f"{dtype} {shape_text(shape)}, {shape_text(alpha.shape)}"
            yield make_sample(label, "PRELU", [x, alpha], make_tensor(shape, dtype, 1.1))


@family
def _extremes() -> Iterable[Sample]:
    for code in ("MINIMUM", "MAXIMUM"):
        for dtype in ("int8", "int16", "int32", "int64", "float32"):
            yield from _pairs_of(code, dtype, _BROADCASTS[:3], factor=1.0, y=1.0)


@family
def _comparisons() -> Iterable[Sample]:
    for code in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL"):
        for dtype in ("int8", "int16", "int32", "int64", "float32"):
            for factor in (1.0, 1.1) if dtype in _SCALES else (1.0,):
                yield from _pairs_of(code, dtype, _BROADCASTS[:2], "bool", factor=factor)
    for code in ("EQUAL", "NOT_EQUAL"):
        yield from _pairs_of(code, "bool", _BROADCASTS[:2])


@family
def _select() -> Iterable[Sample]:
    for dtype in ("int8", "int16", "float32", "int64"):
        for shape, shape_c in (
            ((1, 12, 12, 8), (1, 12, 12, 8)),
            ((1, 12, 12, 8), (1, 12, 12, 1)),
            ((1, 12, 12, 8), (8,)),
        ):
            a, b, c = make_tensor(shape, dtype), make_tensor(shape, dtype), Tensor(shape_c, "bool")
            label = f"{dtype} {shape_text(shape)}, condition {shape_text(shape_c)}"
            yield make_sample(label, "SELECT_V2", [c, a, b], make_tensor(shape, dtype))


@family
def _unary() -> Iterable[Sample]:
    for shape in ((1, 16, 16, 8), (1, 100)):
        for code in ("LOGISTIC", "TANH"):
            for dtype in ACTIVATIONS:
                scale = 2.0**-15 if dtype == "int16" else 2.0 ** (-8 if code == "LOGISTIC" else -7)
                zero = -128 if (code, dtype) == ("LOGISTIC", "int8") else 0
                yield _unary_sample(code, shape, dtype, make_fixed(shape, dtype, scale, zero))
        for code in ("LEAKY_RELU", "ABS", "RELU", "RELU6"):
            for dtype in ACTIVATIONS:
                yield _unary_sample(code, shape, dtype, make_tensor(shape, dtype, 1.2))
        for code in ("HARD_SWISH", "ELU"):
            for dtype in ("int8", "float32"):
                yield _unary_sample(code, shape, dtype, make_tensor(shape, dtype))
        for code in ("NEG", "SQUARE", "SQRT", "RSQRT", "EXP", "LOG", "SIN", "COS", "FLOOR", "CEIL", "ROUND"):
            yield _unary_sample(code, shape, "float32", make_tensor(shape, "float32"))
        for code in ("NEG", "RSQRT", "EXP"):
            yield _unary_sample(code, shape, "int16", make_tensor(shape, "int16"))
        for dtype in ("int16", "float32"):
            for approximate in (False, True):
                x, y = make_tensor(shape, dtype), make_tensor(shape, dtype)
                label = f"gelu {dtype} {shape_text(shape)}" + (" approximate" if approximate else "")
                yield make_sample(label, "GELU", [x], y, approximate=approximate)
        for code, dtype in (("ABS", "int32"), ("NEG", "int32"), ("NEG", "int64"), ("LOGICAL_NOT", "bool")):
            yield _unary_sample(code, shape, dtype, make_tensor(shape, dtype))


def _unary_sample(code: str, shape: Shape, dtype: str, y: Tensor) -> Sample:
    x = make_tensor(shape, dtype)
    if code in ("SQRT", "RSQRT", "LOG"):
        x.limits = (0.1, 20.0)
    elif dtype == "float32":
        x.limits = (-6.0, 6.0)
    options = {"alpha": 0.1} if code == "LEAKY_RELU" else {}
    return make_sample(f"{code.lower()} {dtype} {shape_text(shape)}", code, [x], y, **options)


@family
def _cast() -> Iterable[Sample]:
    shape = (1, 8, 8, 16)
    types = ("bool", "int8", "uint8", "int16", "int32", "int64", "float32")
    for source in types:
        for target in types:
            if target == source:
                continue
            x = Tensor(shape, source, limits=(0, 100) if source == "float32" else None)
            label = f"{source} to {target} {shape_text(shape)}"
            yield make_sample(label, "CAST", [x], Tensor(shape, target))


@family
def _quantize() -> Iterable[Sample]:
    wide = (0.0000001,)
    pairs = [("float32", t) for t in ("int8", "uint8", "int16")]
    pairs += [("int8", t) for t in ("int8", "uint8", "int16", "int32")] + [("uint8", "int8")]
    pairs += [("int16", t) for t in ("int8", "int16", "int32")] + [("int32", t) for t in ("int8", "int16")]
    for shape in ((1, 16, 16, 8), (1, 100)):
        for source, target in pairs:
            x, y = make_tensor(shape, source), make_tensor(shape, target, 1.1)
            for tensor in (x, y):
                if tensor.dtype == "int32":
                    tensor.scales, tensor.zero_points = wide, (0,)
            label = f"quantize {source} to {target} {shape_text(shape)}"
            yield make_sample(label, "QUANTIZE", [x], y)
        for source in ("int8", "uint8", "int16", "int32"):
            x = make_tensor(shape, source)
            if source == "int32":
                x.scales, x.zero_points = wide, (0,)
            label = f"{source} {shape_text(shape)}"
            yield make_sample(label, "DEQUANTIZE", [x], Tensor(shape, "float32"))
