# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that multiply with weights, and pooling."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from ops.builder import Case, Node, Tensor
from ops.draw import Draw, int32
from ops.registry import operator

PADDING = schema.Padding
WEIGHTED = ("int8", "int16", "float32")


class Window:
    """A random window over an image: sizes, stride, dilation, padding."""

    def __init__(self, draw: Draw, dilated: bool = True, largest: int = 5) -> None:
        self.padding = draw.one_of(PADDING.SAME, PADDING.VALID)
        self.size = (draw.integer(1, largest), draw.integer(1, largest))
        self.stride = (draw.integer(1, 3), draw.integer(1, 3))
        self.dilation = (1, 1)
        if dilated and draw.chance(0.3):
            self.dilation = (draw.integer(1, 3), draw.integer(1, 3))
        least = (1, 1) if self.padding == PADDING.SAME else self.reach()
        self.image = tuple(draw.integer(n, n + 8) for n in least)

    def reach(self) -> tuple[int, int]:
        """Rows and columns of the image that one position sees."""
        rows, columns = ((k - 1) * d + 1 for k, d in zip(self.size, self.dilation, strict=True))
        return rows, columns

    def result(self) -> tuple[int, int]:
        """Rows and columns of the output."""
        rows, columns = (
            -(-n // s) if self.padding == PADDING.SAME else -(-(n - k + 1) // s)
            for n, k, s in zip(self.image, self.reach(), self.stride, strict=True)
        )
        return rows, columns

    def options(self) -> dict[str, int]:
        return {"padding": self.padding, "strideH": self.stride[0], "strideW": self.stride[1]}

    def dilations(self) -> dict[str, int]:
        return {"dilationHFactor": self.dilation[0], "dilationWFactor": self.dilation[1]}


def weights(draw: Draw, shape: tuple[int, ...], axis: int, per_channel: bool = True) -> Tensor:
    """A constant: int8 for int8 and int16 activations, perhaps a scale for each channel."""
    if draw.dtype == "float32":
        return draw.constant(Tensor(shape, "float32"))
    if draw.dtype == "uint8":
        return draw.constant(draw.tensor(shape))
    count = shape[axis] if per_channel and draw.chance(0.6) else 1
    base = draw.scale("int8")
    scales = tuple(draw.near(base) for _ in range(count))
    made = Tensor(shape, "int8", scales, (0,) * count, axis if count > 1 else 0)
    made.limits = (-127, 127)  # as quantisers give them
    if draw.extreme:
        made.limits = None
    return draw.constant(made)


def bias(
    draw: Draw, channels: int, x: Tensor, w: Tensor, optional: bool = True, narrow: bool = False
) -> Tensor | None:
    """A constant, or nothing if it is `optional`.

    It is int32; for int16 activations int64, unless `narrow` allows int32, with
    which the reference computes otherwise.
    """
    if optional and draw.chance(0.2):
        return None
    if draw.dtype == "float32":
        return draw.constant(Tensor((channels,), "float32"))
    made = Tensor((channels,), "int32")
    if draw.dtype == "int16" and not (narrow and draw.chance(0.2)):
        made.dtype = "int64"
    made.scales = tuple(float(np.float32(x.scale * s)) for s in w.scales)
    made.zero_points = (0,) * len(made.scales)
    if draw.extreme:
        limit = 1 << draw.integer(4, 28 if draw.dtype == "int16" else 22)
    else:  # about as large as the sum of products
        terms = w.values.size // channels
        each = 600_000 if draw.dtype == "int16" else 4000
        limit = int(each * terms**0.5 * draw.rng.uniform(0.1, 2)) + 1
    made.limits = (-limit, limit)
    return draw.constant(made)


def result(draw: Draw, shape: tuple[int, ...], x: Tensor, w: Tensor, terms: int) -> Tensor:
    """An output whose range the sums of `terms` products about fill."""
    if not draw.quantised():
        return draw.tensor(shape)
    spread = max(w.scales) * x.scale * np.sqrt(terms) * (64 if draw.dtype == "int16" else 40)
    return draw.tensor(shape, draw.near(spread))


def hybrid(draw: Draw) -> bool:
    """True for float activations with int8 weights; the draw goes on with floats."""
    if draw.dtype != "hybrid":
        return False
    draw.dtype = "float32"
    return True


def hybrid_weights(draw: Draw, shape: tuple[int, ...], axis: int | None) -> Tensor:
    """int8 weights with a scale for each channel along `axis`, or one for all."""
    count = 1 if axis is None else shape[axis]
    scales = tuple(draw.power(-2.5, -1) for _ in range(count))
    made = Tensor(shape, "int8", scales, (0,) * count, axis or 0, limits=(-127, 127))
    return draw.constant(made)


@operator("CONV_2D", types=WEIGHTED, litert=("uint8", "hybrid"))
def conv_2d(draw: Draw) -> Case:
    mixed = hybrid(draw)
    window = Window(draw, dilated=not mixed)
    groups = draw.integer(2, 3) if draw.chance(0.1) and not mixed else 1
    inner, channels = draw.integer(1, 9), draw.integer(1, 6) * groups
    x = draw.tensor((draw.one_of(1, 1, 2), *window.image, inner * groups))
    shape = (channels, *window.size, inner)
    if mixed:
        w = hybrid_weights(draw, shape, draw.one_of(0, 0, None))
        if draw.chance(0.1):  # equal scales count as one
            w.scales = w.scales[:1] * len(w.scales)
    else:
        w = weights(draw, shape, 0)
    y = result(draw, (x.shape[0], *window.result(), channels), x, w, inner * np.prod(window.size))
    options = {**window.options(), **window.dilations(), **draw.fused(y, x)}
    # LiteRT wants a bias.
    offset = bias(draw, channels, x, w, not mixed and draw.dtype != "uint8", narrow=True)
    return Case([Node("CONV_2D", [x, w, offset], [y], options)])


@operator("DEPTHWISE_CONV_2D", types=WEIGHTED, litert=("uint8", "hybrid"))
def depthwise_conv_2d(draw: Draw) -> Case:
    mixed = hybrid(draw)
    window = Window(draw, dilated=not mixed)
    inner, multiplier = draw.integer(1, 9), draw.one_of(1, 1, 1, 2, 3, 8)
    channels = inner * multiplier
    x = draw.tensor((draw.one_of(1, 1, 2), *window.image, inner))
    shape = (1, *window.size, channels)
    w = hybrid_weights(draw, shape, 3) if mixed else weights(draw, shape, 3)
    y = result(draw, (x.shape[0], *window.result(), channels), x, w, int(np.prod(window.size)))
    options = {**window.options(), **window.dilations(), **draw.fused(y, x)}
    options["depthMultiplier"] = multiplier
    # Both oracles want a bias.
    offset = bias(draw, channels, x, w, optional=False)
    return Case([Node("DEPTHWISE_CONV_2D", [x, w, offset], [y], options)])


@operator("TRANSPOSE_CONV", types=WEIGHTED, litert=("uint8",))
def transpose_conv(draw: Draw) -> Case:
    window = Window(draw, dilated=False)
    # The roles are swapped: the window's image is what the operator writes.
    inner, channels = draw.integer(1, 9), draw.integer(1, 6)
    x = draw.tensor((draw.one_of(1, 1, 2), *window.result(), inner))
    w = weights(draw, (channels, *window.size, inner), 0)
    y = result(draw, (x.shape[0], *window.image, channels), x, w, inner * int(np.prod(window.size)))
    inputs = [int32(*y.shape), w, x]
    options = {**window.options(), **(draw.fused(y, x) if draw.chance(0.3) else {})}
    offset = bias(draw, channels, x, w)
    if offset is not None:
        inputs.append(offset)
    return Case([Node("TRANSPOSE_CONV", inputs, [y], options, version=3)])


@operator("FULLY_CONNECTED", types=WEIGHTED, litert=("uint8", "hybrid"))
def fully_connected(draw: Draw) -> Case:
    if draw.dtype in ("int8", "float32") and draw.chance(0.25):
        return _of_computed_weights(draw)
    mixed = hybrid(draw)
    keep = draw.chance(0.4)
    lead = draw.shape(1, 3, 12) if keep or draw.chance(0.3) else (draw.integer(1, 4),)
    depth, channels = draw.one_of(1, 2, 3, 4, 5, 8, 16, 17, 33, 64), draw.integer(1, 12)
    x = draw.tensor((*lead, depth))
    shape = (channels, depth)
    if mixed:
        w = hybrid_weights(draw, shape, None)
    else:
        w = weights(draw, shape, 0)
    rows = lead if keep else (int(np.prod(lead)),)
    y = result(draw, (*rows, channels), x, w, depth)
    options = {"keepNumDims": keep, **draw.fused(y, x)}
    if mixed:
        options["asymmetricQuantizeInputs"] = draw.chance()
    offset = bias(draw, channels, x, w, narrow=True)
    return Case([Node("FULLY_CONNECTED", [x, w, offset], [y], options)])


def _of_computed_weights(draw: Draw) -> Case:
    """Both operands are activations, which goes without a bias."""
    rows, depth, columns = draw.integer(1, 7), draw.integer(1, 17), draw.integer(1, 7)
    x, w = draw.tensor((rows, depth)), draw.tensor((columns, depth))
    y = result(draw, (rows, columns), x, w, depth)
    options = draw.fused(y, x) if draw.dtype == "int8" else {}
    return Case([Node("FULLY_CONNECTED", [x, w], [y], options)])


@operator("BATCH_MATMUL", types=WEIGHTED)
def batch_matmul(draw: Draw) -> Case:
    lead_a, lead_b = draw.pair(1, 2) if draw.chance(0.7) else ((), ())
    rows, depth, columns = draw.integer(1, 7), draw.integer(1, 17), draw.integer(1, 7)
    swap_a, swap_b = draw.chance(0.3), draw.chance(0.4)
    a = draw.tensor((*lead_a, *((depth, rows) if swap_a else (rows, depth))))
    b = draw.tensor((*lead_b, *((columns, depth) if swap_b else (depth, columns))))
    lead = np.broadcast_shapes(lead_a, lead_b)
    if draw.chance(0.3):
        draw.constant(b)
    y = result(draw, (*lead, rows, columns), a, b, depth)
    options = {"adjX": swap_a, "adjY": swap_b}
    return Case([Node("BATCH_MATMUL", [a, b], [y], options)])


@operator("AVERAGE_POOL_2D", types=WEIGHTED, litert=("uint8",))
def average_pool_2d(draw: Draw) -> Case:
    return _pool(draw, "AVERAGE_POOL_2D")


@operator("MAX_POOL_2D", types=WEIGHTED, litert=("uint8",))
def max_pool_2d(draw: Draw) -> Case:
    return _pool(draw, "MAX_POOL_2D")


def _pool(draw: Draw, code: str) -> Case:
    window = Window(draw, dilated=False, largest=6)
    batch, channels = draw.one_of(1, 1, 2), draw.integer(1, 17)
    x = draw.tensor((batch, *window.image, channels))
    y = draw.tensor((batch, *window.result(), channels), like=x)
    height, width = window.size
    options = {**window.options(), "filterHeight": height, "filterWidth": width, **draw.fused(y)}
    x.scales, x.zero_points = y.scales, y.zero_points
    return Case([Node(code, [x], [y], options)])
