# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of one element, and those that look at a row: softmax and the like."""

from __future__ import annotations

import numpy as np

from ops.builder import Case, Node, Tensor
from ops.draw import Draw
from ops.registry import operator

USUAL = ("int8", "int16", "float32")


def wide(draw: Draw) -> tuple[float, float] | None:
    """A range of floats that saturates functions; integers keep theirs."""
    if draw.dtype != "float32":
        return None
    width = draw.one_of(1.0, 6.0, 20.0, 100.0)
    return -width, width


def source(draw: Draw, special: bool = True) -> Tensor:
    return draw.tensor(draw.shape(1, 4), special=special, limits=wide(draw))


def fixed(draw: Draw, shape: tuple[int, ...], bits: int, middle: bool) -> Tensor:
    """A result in the quantisation that the operator prescribes.

    8-bit results have `bits` behind the point; `middle` says that 0 is in the
    middle of the range. int16 has 15 bits.
    """
    if not draw.quantised():
        return draw.tensor(shape)
    if draw.dtype == "int16":
        return draw.tensor(shape, 2.0**-15, zero_point=0)
    zero_point = (0 if middle else -128) + (128 if draw.dtype == "uint8" else 0)
    return draw.tensor(shape, 2.0**-bits, zero_point=zero_point)


def free(draw: Draw, x: Tensor, scale: float | None = None, low: bool = False) -> Tensor:
    """A result with a quantisation of its own, near the input's or `scale`.

    `low` puts the zero point in the lower half, mostly at the end, as results
    that are never negative have it.
    """
    y = draw.tensor(x.shape, draw.near(scale or x.scale) if x.scales else None)
    if low and y.dtype in ("int8", "uint8") and not draw.extreme:
        least = int(np.iinfo(y.dtype).min)
        y.zero_points = (draw.one_of(least, draw.integer(least, least + 128)),)
    return y


def row(draw: Draw) -> Tensor:
    """An input of rows, most of them longer than one and not too far apart."""
    shape = draw.shape(1, 4)
    if draw.chance(0.8):
        shape = (*shape[:-1], draw.integer(2, 20))
    width = draw.one_of(1.0, 6.0, 20.0)
    x = draw.tensor(shape)
    if x.scales and not draw.extreme:
        x.scales = (draw.power(-2.5, -0.7) / (200 if x.dtype == "int16" else 1),)
    x.limits = (-width, width) if draw.dtype == "float32" else None
    return x


@operator("RELU", types=USUAL, litert=("uint8",))
def relu(draw: Draw) -> Case:
    x = source(draw)
    return Case([Node("RELU", [x], [free(draw, x, low=True)])])


@operator("RELU6", types=USUAL, litert=("uint8",))
def relu6(draw: Draw) -> Case:
    x = source(draw)
    return Case([Node("RELU6", [x], [draw.tensor(x.shape, like=x) if draw.chance() else free(draw, x)])])


@operator("RELU_N1_TO_1", litert=("int8", "float32", "uint8"))
def relu_n1_to_1(draw: Draw) -> Case:
    x = source(draw)
    return Case([Node("RELU_N1_TO_1", [x], [free(draw, x)])])


@operator("LOGISTIC", types=USUAL, litert=("uint8",))
def logistic(draw: Draw) -> Case:
    x = source(draw)
    return Case([Node("LOGISTIC", [x], [fixed(draw, x.shape, 8, False)])])


@operator("TANH", types=USUAL, litert=("uint8",))
def tanh(draw: Draw) -> Case:
    x = source(draw)
    return Case([Node("TANH", [x], [fixed(draw, x.shape, 7, True)])])


@operator("HARD_SWISH", types=("int8", "float32"), litert=("uint8",))
def hard_swish(draw: Draw) -> Case:
    x = source(draw)
    return Case([Node("HARD_SWISH", [x], [free(draw, x)])])


@operator("LEAKY_RELU", types=USUAL, litert=("uint8",))
def leaky_relu(draw: Draw) -> Case:
    x = source(draw)
    alpha = draw.one_of(0.01, 0.1, 0.2, 0.3, 0.5, 0.9, 0.0, draw.real(0, 1), draw.real(-1, 2))
    return Case([Node("LEAKY_RELU", [x], [free(draw, x)], {"alpha": alpha})])


@operator("PRELU", types=("int8", "float32"), litert=("uint8", "int16"))
def prelu(draw: Draw) -> Case:
    x = source(draw)
    shape = draw.one_of(draw.broadcast(x.shape), x.shape[-1:], (1,) * (len(x.shape) - 1) + x.shape[-1:])
    # The slopes of int16 are int8.
    dtype = "int8" if draw.dtype == "int16" else None
    alpha = draw.tensor(shape, draw.power(-3, -1.5) if draw.quantised() else None, dtype)
    draw.constant(alpha)
    return Case([Node("PRELU", [x, alpha], [free(draw, x)])])


@operator("ELU", types=("int8", "float32"))
def elu(draw: Draw) -> Case:
    x = source(draw)
    return Case([Node("ELU", [x], [free(draw, x)])])


@operator("GELU", litert=("int8", "int16", "float32", "uint8"))
def gelu(draw: Draw) -> Case:
    x = source(draw)
    approximate = draw.chance()
    case = Case([Node("GELU", [x], [free(draw, x)], {"approximate": approximate})])
    if approximate and draw.dtype == "float32":  # a sum of 1 and a tanh near -1
        case.slack = 2e-7 * x.limits[1]
    return case


@operator("SOFTMAX", types=USUAL, litert=("uint8",))
def softmax(draw: Draw) -> Case:
    x = row(draw)
    beta = draw.one_of(1.0, 1.0, 0.5, 2.0, draw.real(0.05, 4))
    if draw.dtype == "int8" and draw.chance(0.3):
        y = draw.tensor(x.shape, 2.0**-16, "int16", -32768)
    else:
        y = fixed(draw, x.shape, 8, False)
    return Case([Node("SOFTMAX", [x], [y], {"beta": beta})])


@operator("LOG_SOFTMAX", types=("int8", "float32"), litert=("uint8",))
def log_softmax(draw: Draw) -> Case:
    x = row(draw)
    zero_point = 255 if draw.dtype == "uint8" else 127
    y = draw.tensor(x.shape, 1 / 16, zero_point=None if draw.dtype == "int16" else zero_point)
    return Case([Node("LOG_SOFTMAX", [x], [y])])


@operator("L2_NORMALIZATION", types=("int8", "float32"), litert=("uint8",))
def l2_normalization(draw: Draw) -> Case:
    x = row(draw)
    return Case([Node("L2_NORMALIZATION", [x], [fixed(draw, x.shape, 7, True)])])


@operator("ABS", types=USUAL, litert=("int32",))
def absolute(draw: Draw) -> Case:
    x = source(draw)
    return Case([Node("ABS", [x], [free(draw, x)])])


@operator("NEG", types=("float32",), litert=("int8", "int16", "int32", "int64"))
def negate(draw: Draw) -> Case:
    x = source(draw)
    if not draw.quantised() and draw.dtype != "float32":
        x.limits = (-(1 << 31) + 1, (1 << 31) - 1)
    return Case([Node("NEG", [x], [draw.tensor(x.shape, like=x)])])


@operator("SQUARE", types=("float32",))
def square(draw: Draw) -> Case:
    x = source(draw)
    return Case([Node("SQUARE", [x], [free(draw, x, x.scale**2 * 100 if x.scales else None)])])


def positive(draw: Draw, least: int) -> Tensor:
    """An input that stands for no negative number, and for none below `least` steps."""
    x = source(draw, special=False)
    if draw.dtype == "float32":
        x.limits = draw.one_of((1e-3, 1.0), (0.5, 1e4))
    elif x.dtype == "int8":
        x.zero_points = (draw.one_of(-128, -128, draw.integer(-128, 100)),)
        x.limits = (x.zero_point + least, 127)
    elif x.dtype == "int16":
        x.limits = (least, 32767)
    return x


@operator("SQRT", types=("float32",), litert=("int8", "int16"))
def sqrt(draw: Draw) -> Case:
    x = positive(draw, 0)
    return Case([Node("SQRT", [x], [free(draw, x, (x.scale / 40) ** 0.5 if x.scales else None)])])


@operator("RSQRT", types=USUAL)
def rsqrt(draw: Draw) -> Case:
    x = positive(draw, 0)
    return Case([Node("RSQRT", [x], [free(draw, x, (x.scale * 40) ** -0.5 / 40 if x.scales else None)])])


@operator("EXP", types=("float32",), litert=("int8", "int16"))
def exp(draw: Draw) -> Case:
    x = source(draw)
    if draw.dtype == "float32":
        x.limits = draw.one_of((-1.0, 1.0), (-20.0, 20.0))
    elif not draw.extreme:
        x.scales = (draw.power(-3, -1.5) / (200 if x.dtype == "int16" else 1),)
    return Case([Node("EXP", [x], [free(draw, x, 0.02, low=True)])])


@operator("LOG", types=("float32",), litert=("int8", "int16"))
def log(draw: Draw) -> Case:
    x = positive(draw, 1)
    return Case([Node("LOG", [x], [free(draw, x, 0.05)])])


def plain(code: str, low: float, high: float) -> None:
    """Registers a function of floats that has no quantised form."""

    @operator(code, types=("float32",))
    def spec(draw: Draw) -> Case:
        x = source(draw)
        x.limits = draw.one_of((low, high), (-1.0, 1.0))
        if draw.chance(0.3):  # halves, where roundings part, from inputs at the ends
            x = draw.tensor(x.shape, special=True, limits=(-4.0, 4.0))
            steps = draw.rng.integers(-9, 10, x.shape)
            half = Tensor(x.shape, "float32", values=(steps / 2).astype(np.float32))
            total = Tensor(x.shape, "float32")
            y = Tensor(x.shape, "float32")
            return Case([Node("ADD", [x, half], [total]), Node(code, [total], [y])])
        return Case([Node(code, [x], [draw.tensor(x.shape)])])


for _code in ("CEIL", "FLOOR", "ROUND"):
    plain(_code, -3000.0, 3000.0)
for _code in ("SIN", "COS"):
    plain(_code, -100.0, 100.0)
