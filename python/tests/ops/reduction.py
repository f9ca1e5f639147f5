# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that make one element of many, and resizing of images."""

from __future__ import annotations

import numpy as np

from ops.builder import Case, Node, Tensor
from ops.draw import Draw, int32, scalar
from ops.registry import operator

USUAL = ("int8", "int16", "float32")


def reduced(draw: Draw, code: str, rank: int = 4) -> tuple[Tensor, list[int], list[int], Node]:
    """Input, dimensions, shape of the result and the operator without its output."""
    x = draw.tensor(draw.shape(1, rank))
    axes, keep = draw.axes(len(x.shape)), draw.chance()
    gone = {a % len(x.shape) for a in axes}
    shape = [1 if i in gone else d for i, d in enumerate(x.shape) if keep or i not in gone]
    places = scalar(axes[0]) if len(axes) == 1 and draw.chance(0.3) else int32(*axes)
    return x, axes, shape, Node(code, [x, places], [], {"keepDims": keep})


@operator("MEAN", types=USUAL, litert=("uint8", "int32"))
def mean(draw: Draw) -> Case:
    x, _, shape, node = reduced(draw, "MEAN")
    if not draw.quantised() and draw.dtype != "float32":
        x.limits = (-100000, 100000)
    scale = draw.near(x.scale) if x.scales else None
    node.outputs = [draw.tensor(shape, like=x) if draw.chance(0.2) else draw.tensor(shape, scale)]
    return Case([node])


@operator("SUM", types=USUAL, litert=("uint8", "int32"))
def sum_(draw: Draw) -> Case:
    x, axes, shape, node = reduced(draw, "SUM")
    if not draw.quantised() and draw.dtype != "float32":
        x.limits = (-100000, 100000)
    count = np.prod([x.shape[a] for a in axes])
    scale = draw.near(x.scale * count**0.5) if x.scales else None
    # With one quantisation for both the reference does something else.
    node.outputs = [draw.tensor(shape, like=x) if draw.chance(0.3) else draw.tensor(shape, scale)]
    return Case([node])


@operator("REDUCE_MAX", types=("int8", "float32"), litert=("uint8", "int16", "int32"))
def reduce_max(draw: Draw) -> Case:
    x, _, shape, node = reduced(draw, "REDUCE_MAX")
    node.outputs = [draw.tensor(shape, like=x)]
    return Case([node])


@operator("REDUCE_MIN", types=("int8", "float32"), litert=("uint8", "int16", "int32"))
def reduce_min(draw: Draw) -> Case:
    x, _, shape, node = reduced(draw, "REDUCE_MIN")
    node.outputs = [draw.tensor(shape, like=x)]
    return Case([node])


@operator("ARG_MAX", types=("int8", "float32"), litert=("uint8", "int32"))
def arg_max(draw: Draw) -> Case:
    return _arg(draw, "ARG_MAX")


@operator("ARG_MIN", types=("int8", "float32"), litert=("uint8", "int32"))
def arg_min(draw: Draw) -> Case:
    return _arg(draw, "ARG_MIN")


def _arg(draw: Draw, code: str) -> Case:
    x = draw.tensor(draw.shape(1, 4))
    if draw.chance(0.4) and draw.dtype != "float32":
        x.limits = (0, 3)  # many equal elements: the first counts
    axis = draw.axis(len(x.shape))
    shape = [d for i, d in enumerate(x.shape) if i != axis % len(x.shape)]
    y = Tensor(tuple(shape), "int32")
    place = scalar(axis) if draw.chance() else int32(axis)
    return Case([Node(code, [x, place], [y], {"outputType": 2})])


@operator("RESIZE_NEAREST_NEIGHBOR", types=USUAL, litert=("uint8", "int32", "bool"))
def resize_nearest_neighbor(draw: Draw) -> Case:
    return _resize(draw, "RESIZE_NEAREST_NEIGHBOR")


@operator("RESIZE_BILINEAR", types=("int8", "float32"), litert=("uint8", "int16"))
def resize_bilinear(draw: Draw) -> Case:
    return _resize(draw, "RESIZE_BILINEAR")


def _resize(draw: Draw, code: str) -> Case:
    x = draw.tensor(draw.image(5, 8))
    factor = draw.integer(2, 3)
    size = draw.one_of(
        (draw.integer(1, 17), draw.integer(1, 17)),
        (x.shape[1] * factor, x.shape[2] * factor),
        (max(1, x.shape[1] // factor), max(1, x.shape[2] // factor)),
    )
    corners, centers = draw.one_of((False, False), (True, False), (False, True))
    y = draw.tensor((x.shape[0], *size, x.shape[3]), like=x)
    options = {"alignCorners": corners, "halfPixelCenters": centers}
    return Case([Node(code, [x, int32(*size)], [y], options)])
